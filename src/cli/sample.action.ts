import { duration, exitCodes, ScorefieldError } from '../base/index.ts'
import {
  type AskedRows,
  type ConditionalProgress,
  chooseGivenMethod,
  type DataDescription,
  drawingOf,
  kindOf,
  neverTogether,
  type OpenedModel,
  openRun,
  patienceSeconds,
  rowsToTable,
} from '../run/node.ts'
import type { ChainDiagnosis, ChainsEvent } from '../sampling/index.ts'
import type { CommandContext } from './command.ts'
import { openAndWarn } from './opened.ts'
import { runtimeOf } from './options.ts'
import { openOutput, placeOf, type RowsOutput } from './output.ts'
import { requireRoom } from './room.ts'
import {
  askedRows,
  countsUnconditional,
  guidanceTold,
  guided,
  isByWorse,
  type SampleOptions,
} from './sample.asked.ts'
import { interruptSignal } from './signals.ts'
import { count as counted, group, Terminal } from './terminal.ts'

/** Draws rows and writes them. */
export async function runSample(
  folder: string,
  options: SampleOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal(options, context)
  const output = await outputFor(folder, options, terminal, context)
  const runtime = await runtimeOf(options, terminal)
  const opened = await guided(
    await openAndWarn(folder, runtime, terminal, options.ema),
    options,
    runtime,
    terminal,
  )
  const { fitted, run } = opened
  const { count, first = 0, seed = 0 } = options
  requirePlane(opened, options)
  const asked = await askedRows(opened, options)
  if (asked !== undefined) {
    await sampleGiven(opened, asked, options, { terminal, context, output, seconds })
    await fitted.dispose()
    return
  }
  const drawing = drawingOf(run.config.sampling, toldDrawing(options))
  requireRoom({ count, width: fitted.dimension, columns: opened.columns.length })
  const rows = new Float32Array(count * fitted.dimension)
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'), context.stdout)
  const sampler = await fitted.sampler(drawing)
  let mixing: ChainsEvent | undefined
  try {
    const drawn = sampler.draw({ seed, first, count, signal })
    for await (const event of drawn) {
      if (event.type === 'samples') rows.set(event.rows, (event.first - first) * fitted.dimension)
      else terminal.event(event)
      if (event.type === 'progress')
        terminal.progress({ label: 'sampling', done: event.done, total: event.total, seconds: seconds() })
      if (event.type === 'chains') mixing = event
    }
  } finally {
    release()
    await sampler.dispose()
  }
  if (mixing) {
    terminal.say(mixingSentence(mixing))
    for (const warning of mixing.warnings) terminal.warn(warning)
  }
  const table = rowsToTable(opened, rows, count, { first, seed })
  const wrote = await output.write(table, first)
  if (options.trajectories) {
    // Loading the pictures' library takes a while, so only where one is asked for.
    const { drawTrajectories } = await import('./trajectories.ts')
    await drawTrajectories(opened, options.trajectories, { ...drawing, seed, first, count })
    terminal.say(`Paths: ${options.trajectories}`)
  }
  if (options.output)
    terminal.say(
      `Wrote ${wrote ?? `${counted(count, 'row')} of ${counted(table.columns.length, 'column')} to ${placeOf(options.output)}`} in ${duration(seconds())}.`,
    )
  terminal.event({
    type: 'done',
    rows: count,
    first,
    seed,
    columns: opened.columns,
    sampler: drawing.sampler,
    weights: opened.weights,
    ...(options.output ? { output: options.output } : {}),
    secondsElapsed: seconds(),
  })
  await fitted.dispose()
}

/** What the options say of how rows are drawn. */
function toldDrawing({
  samplerOption,
  gridOption,
  ...options
}: SampleOptions): Parameters<typeof drawingOf>[1] {
  return {
    ...options,
    samplerOptions: samplerOption,
    gridOptions: gridOption,
    // A worse model guides in the place of the run's own way.
    guidance: isByWorse(options) ? { weight: 1 } : guidanceTold(options),
  }
}

/** How far chains have mixed, in a sentence. */
export function mixingSentence({
  chains,
  draws,
  acceptance,
  rHat,
  effectiveSampleSize,
}: ChainDiagnosis): string {
  const parts = [
    ...(acceptance === undefined ? [] : [`${(100 * acceptance).toFixed(0)} % of proposals accepted`]),
    ...(rHat === undefined ? [] : [`R-hat ${rHat.toFixed(3)}`]),
    ...(effectiveSampleSize === undefined
      ? []
      : [
          `effective sample size ${group(Math.round(effectiveSampleSize))} of ${group(chains * draws)} draws`,
        ]),
  ]
  return `${counted(chains, 'chain')}: ${parts.join(', ') || 'nothing to tell of so few draws'}.`
}

/** Where the rows of a run go, chosen before the work: tables by their formats, other kinds as they write. */
async function outputFor(
  folder: string,
  options: SampleOptions,
  terminal: Terminal,
  context: CommandContext,
): Promise<RowsOutput> {
  const { write } = kindOf({ kind: ((await openRun(folder)).data as DataDescription).kind })
  return write ? write(options.output) : openOutput(options, terminal, context)
}

/** Throws where --trajectories cannot be drawn, before anything is. */
function requirePlane(
  { fitted }: OpenedModel,
  { trajectories, where, given = [] }: Pick<SampleOptions, 'trajectories' | 'where' | 'given'>,
): void {
  if (trajectories === undefined) return
  const conditioned = where !== undefined || given.length > 0
  if (fitted.dimension === 2 && !conditioned) return
  throw new ScorefieldError({
    kind: conditioned ? 'usage' : 'ability',
    code: 'usage/trajectories',
    message: conditioned
      ? '--trajectories draws the paths of any rows and does not go with --where and --given.'
      : `Paths are drawn in the plane; the model has ${fitted.dimension} numbers a row.`,
    where: '--trajectories',
    hint: conditioned ? 'Leave one of them out.' : 'Train on two columns of numbers, or on a toy.',
  })
}

/** Where a command's rows and words go. */
interface Told {
  readonly terminal: Terminal
  readonly context: CommandContext
  readonly output: RowsOutput
  readonly seconds: () => number
}

/** Draws rows that are like what is asked and writes them; those found so far where it is stopped. */
async function sampleGiven(
  opened: OpenedModel,
  asked: AskedRows,
  options: SampleOptions,
  { terminal, context, output, seconds }: Told,
): Promise<void> {
  const { count, seed = 0, first } = options
  const method = chooseGivenMethod(opened, asked, options.givenMethod)
  const isSearch = asked.where !== undefined || method.searches
  if (first !== undefined && isSearch) throw countsUnconditional()
  const why = method.why(opened, asked)
  terminal.say(`By ${method.name}: ${why}.`)
  terminal.event({ type: 'method', method: method.name, why })
  const news = await neverTogether(opened, asked.given)
  if (news !== undefined) terminal.warn(news)
  const { signal, release } = interruptSignal(
    () => terminal.say('Stopping; the rows found so far are kept …'),
    context.stdout,
  )
  const warned = { ofTime: false }
  const sample = await method
    .draw(opened, asked, {
      ...{ count, seed, first },
      ...drawingOf(opened.run.config.sampling, toldDrawing(options)),
      signal,
      onSlip: (sentence) => terminal.warn(sentence),
      onProgress: ({ kept, drawn, seconds, secondsLeft }) => {
        const estimate = longSentence({ kept, drawn, seconds, secondsLeft }, count)
        if (estimate !== undefined && !warned.ofTime) {
          terminal.say(estimate)
          warned.ofTime = true
        }
        terminal.progress({ label: 'sampling', done: kept, total: count, seconds })
        terminal.event({ type: 'progress', kept, drawn })
      },
    })
    .finally(release)
  const { table, drawn, stopped } = sample
  const rows = table.rowCount
  const wrote = await output.write(table, first ?? 0)
  const share = (100 * rows) / drawn
  const end = stopped ? 'Stopped: ' : ''
  terminal.say(
    isSearch
      ? `${end}${counted(rows, 'row')} of ${group(drawn)} drawn fulfil${rows === 1 ? 's' : ''} the condition (${share.toPrecision(3)} %), in ${duration(seconds())}.`
      : `${end}${counted(rows, 'row')} drawn in ${duration(seconds())}.`,
  )
  if (options.output)
    terminal.say(
      stopped
        ? `Wrote these ${rows} of ${counted(count, 'row')} to ${placeOf(options.output)}.`
        : `Wrote ${wrote ?? placeOf(options.output)}.`,
    )
  if (stopped) context.exitCode = exitCodes.interrupted
  const { columns, weights } = opened
  const { condition } = asked
  const told = { rows, drawn, seed, condition, method: method.name, why, columns, weights }
  terminal.event({
    type: 'done',
    ...told,
    ...(stopped ? { reason: 'interrupted' } : {}),
    ...(options.output ? { output: options.output } : {}),
    secondsElapsed: seconds(),
  })
}

/** A search is called long that will take more than so many seconds more. */
const longSeconds = 20
/** Seconds after which what was found says how long it will take. */
const enoughSeconds = 2

/** What to say of a search that will be long; undefined of one that is not, or of which too little is known. */
export function longSentence(
  { kept, drawn, seconds, secondsLeft }: ConditionalProgress,
  count: number,
): string | undefined {
  if (seconds < enoughSeconds) return undefined
  const stop = 'Ctrl-C stops it and keeps what is found.'
  if (secondsLeft === undefined)
    return `None of ${group(drawn)} rows drawn fulfils the condition yet; the search ends after ${duration(patienceSeconds)} without one.`
  if (secondsLeft < longSeconds) return undefined
  return `About 1 row in ${group(Math.round(drawn / kept))} fulfils the condition: ${counted(count, 'row')} will take about ${duration(seconds + secondsLeft)}. ${stop}`
}
