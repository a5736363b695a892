import { duration, exitCodes, ScorefieldError } from '../base/index.ts'
import { conditionOf } from '../data/node.ts'
import {
  type ConditionalProgress,
  drawingOf,
  type OpenedModel,
  patienceSeconds,
  rowsToTable,
  sampleWhere,
} from '../run/node.ts'
import type { ChainDiagnosis, ChainsEvent } from '../sampling/index.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { openAndWarn } from './opened.ts'
import { type DeviceOptions, runtimeOf } from './options.ts'
import { openOutput, placeOf, type RowsOutput } from './output.ts'
import { requireRoom } from './room.ts'
import { interruptSignal } from './signals.ts'
import { count as counted, group, Terminal } from './terminal.ts'

/** What the command line of `sample` says. */
export interface SampleOptions extends CommonOptions, DeviceOptions {
  readonly count: number
  readonly output?: string
  readonly format?: string
  readonly where?: string | undefined
  readonly given?: readonly string[]
  readonly seed?: number
  readonly first?: number
  readonly sampler?: string
  readonly grid?: string
  readonly steps?: number
  readonly samplerOption?: Readonly<Record<string, number>>
  readonly trajectories?: string | undefined
}

/** Draws rows and writes them. */
export async function runSample(
  folder: string,
  options: SampleOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal(options, context)
  const output = await openOutput(options, terminal, context)
  const runtime = await runtimeOf(options, terminal)
  const opened = await openAndWarn(folder, runtime, terminal)
  const { fitted, run } = opened
  const { count, first = 0, seed = 0 } = options
  const condition = conditionsOf(opened, options)
  requirePlane(opened, options)
  if (condition !== undefined) {
    await sampleGiven(opened, condition, options, { terminal, context, output, seconds })
    await fitted.dispose()
    return
  }
  const drawing = drawingOf(run.config.sampling, { ...options, samplerOptions: options.samplerOption })
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
  await output.write(table, first)
  if (options.trajectories) {
    // Loading the pictures' library takes a while, so only where one is asked for.
    const { drawTrajectories } = await import('./trajectories.ts')
    await drawTrajectories(opened, options.trajectories, { ...drawing, seed, first, count })
    terminal.say(`Paths: ${options.trajectories}`)
  }
  if (options.output)
    terminal.say(
      `Wrote ${counted(count, 'row')} of ${counted(table.columns.length, 'column')} to ${placeOf(options.output)} in ${duration(seconds())}.`,
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

/** The condition of --where and --given together, as SQL. */
function conditionsOf(opened: OpenedModel, { where, given = [], first }: SampleOptions): string | undefined {
  if (where === undefined && given.length === 0) return undefined
  if (first !== undefined)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/first',
      message: '--first counts rows of the unconditional sample and does not go with --where and --given.',
      hint: 'Draw more rows at once, or another --seed.',
    })
  const columns = rowsToTable(opened, new Float32Array(opened.fitted.dimension), 1)
  const equal = given.map((one) => {
    const condition = conditionOf(one, columns)
    const at = one.indexOf('=')
    requireProbability(opened, one.slice(0, at).trim(), Number(one.slice(at + 1)))
    return condition
  })
  return [...(where === undefined ? [] : [`(${where})`]), ...equal].join(' and ')
}

/** A measured value of a continuous column is never met exactly: a range must be given instead. */
function requireProbability(opened: OpenedModel, name: string, value: number): void {
  const column = opened.encoding.columns.find((candidate) => candidate.name === name)
  if (column && (column.width === 0 || column.discrete || column.masses?.includes(value))) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/given',
    message: `'${name}' is continuous: no row has exactly one value of it.`,
    where: '--given',
    hint: `Give a range: --where "${name} between 1.9 and 2.1".`,
  })
}

/** Where a command's rows and words go. */
interface Told {
  readonly terminal: Terminal
  readonly context: CommandContext
  readonly output: RowsOutput
  readonly seconds: () => number
}

/** Draws rows that fulfil a condition and writes them; those found so far where it is stopped. */
async function sampleGiven(
  opened: OpenedModel,
  condition: string,
  options: SampleOptions,
  { terminal, context, output, seconds }: Told,
): Promise<void> {
  const { count, seed = 0 } = options
  const { signal, release } = interruptSignal(
    () => terminal.say('Stopping; the rows found so far are kept …'),
    context.stdout,
  )
  const warned = { ofTime: false }
  const sample = await sampleWhere(opened, {
    condition,
    count,
    seed,
    ...drawingOf(opened.run.config.sampling, { ...options, samplerOptions: options.samplerOption }),
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
  }).finally(release)
  const { table, drawn, stopped } = sample
  const rows = table.rowCount
  await output.write(table, 0)
  const share = (100 * rows) / drawn
  const end = stopped ? 'Stopped: ' : ''
  terminal.say(
    `${end}${counted(rows, 'row')} of ${group(drawn)} drawn fulfil${rows === 1 ? 's' : ''} the condition (${share.toPrecision(3)} %), in ${duration(seconds())}.`,
  )
  if (options.output)
    terminal.say(
      stopped
        ? `Wrote these ${rows} of ${counted(count, 'row')} to ${placeOf(options.output)}.`
        : `Wrote ${placeOf(options.output)}.`,
    )
  if (stopped) context.exitCode = exitCodes.interrupted
  const told = { rows, drawn, seed, condition, columns: opened.columns, weights: opened.weights }
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
