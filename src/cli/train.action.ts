import { join } from 'node:path'
import { duration, exitCodes, ScorefieldError } from '../base/index.ts'
import { type Runtime, sizeOf } from '../engine/index.ts'
import { parameterCount } from '../nn/index.ts'
import { endSentence, type TrainingSteps, weightsSentence } from '../report/index.ts'
import {
  dataOf,
  estimateRun,
  executeRun,
  type Glimpses,
  glimpsesOf,
  kindOf,
  type RowCounts,
  type Run,
  type RunPlan,
} from '../run/node.ts'
import type { TrainingEvent } from '../training/index.ts'
import type { CommandContext } from './command.ts'
import { type Drawn, drawRun } from './pictures.ts'
import { interruptSignal } from './signals.ts'
import { count, group, inWords, Terminal } from './terminal.ts'
import { begin, type TrainOptions } from './train.begin.ts'
import { reopen } from './train.resume.ts'

/** Trains a new run, or goes on with one. */
export async function runTrain(
  data: string | undefined,
  options: TrainOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const terminal = new Terminal(options, context)
  const begun = options.resume
    ? await reopen(options.resume, data, options, { terminal, context })
    : await begin(data, options, context, terminal)
  const { run, plan, runtime, resume, start } = begun
  if (!run) {
    await sayPlan(plan, runtime, terminal)
    return
  }
  sayData(plan, terminal)
  terminal.event({ type: 'run', folder: run.folder, name: run.name, config: run.config })
  const { signal, release } = interruptSignal(
    () => terminal.say('Stopping after the steps under way; the state is saved …'),
    context.stdout,
  )
  const glimpses = options.pictures ? glimpsesOf(plan, run, runtime) : undefined
  const events = executeRun({
    run,
    plan,
    runtime,
    signal,
    resume,
    start,
    tellWeights: glimpses?.due,
  })
  const place = shown(options, run)
  const outcome = await tell(events, run, terminal, { glimpses, place }).finally(release)
  const folder = quoted(place)
  if (outcome.reason === 'interrupted') {
    terminal.say(`Stopped at step ${group(outcome.step)}. Go on with: scorefield train --resume ${folder}`)
    terminal.event({ type: 'done', reason: 'interrupted', run: run.folder, step: outcome.step })
    context.exitCode = exitCodes.interrupted
    return
  }
  const pictures = options.pictures ? await picturesOf(run.folder, runtime, terminal) : noPictures
  const secondsElapsed = (performance.now() - started) / 1000
  sayResult(outcome, terminal)
  terminal.say(`Done in ${duration(secondsElapsed)}. The run is in ${place}`)
  for (const file of pictures.files) terminal.say(`  picture: ${join(place, file)}`)
  terminal.say(
    dataOf(plan.prepared.description).pictures
      ? `Draw new pictures with: scorefield sample ${folder} -n 64 -o new`
      : `Draw new rows with: scorefield sample ${folder} -n 1000 -o new.csv`,
  )
  terminal.event({
    type: 'done',
    reason: outcome.reason,
    run: run.folder,
    step: outcome.step,
    bestStep: outcome.state.bestStep,
    bestLoss: outcome.state.bestLoss,
    secondsElapsed,
    secondsInRuntime: outcome.secondsInRuntime + pictures.secondsInRuntime,
    pictures: pictures.files,
  })
}

type Done = Extract<TrainingEvent, { type: 'done' }>
type Evaluation = Extract<TrainingEvent, { type: 'evaluation' }>

/** How a training ended. */
interface Outcome extends Done {
  /** The evaluation with the least held-out loss of this part of the run. */
  readonly least: Evaluation | undefined
  /** That of the weights kept, if it was in this part of the run. */
  readonly kept: Evaluation | undefined
}

/** Tells the events of a training as they come; returns the last. */
async function tell(
  events: AsyncIterable<TrainingEvent>,
  run: Run,
  terminal: Terminal,
  { glimpses, place }: { readonly glimpses: Glimpses | undefined; readonly place: string },
): Promise<Outcome> {
  let from = 0
  let least: Evaluation | undefined
  let kept: Evaluation | undefined
  let heldOut = ''
  for await (const event of events) {
    if (event.type === 'done') return { ...event, least, kept }
    if (event.type === 'weights') {
      await glimpse(event, glimpses!, place, terminal)
      continue
    }
    if (event.type === 'checkpoint') terminal.event({ type: 'checkpoint', step: event.step })
    else terminal.event(event)
    if (event.type === 'start') {
      from = event.step
      terminal.say(
        `Training ${group(event.parameters)} parameters for ${count(event.steps - from, 'step')} of ${count(run.config.training.batchSize, 'row')} (compiled in ${duration(event.compileSeconds)}).`,
      )
    }
    if (event.type === 'step')
      terminal.progress({
        label: 'training',
        done: event.step,
        total: event.steps,
        from,
        seconds: event.secondsElapsed,
        detail: `loss ${event.loss.toFixed(4)}${heldOut}`,
      })
    if (event.type === 'evaluation' && event.heldOutLoss !== null) heldOut = `  held out ${lossOf(event)}`
    if (event.type === 'evaluation' && isLeast(event, least)) least = event
    if (event.type === 'evaluation' && event.best) kept = event
    if (event.type === 'warning') terminal.warn(event.message)
  }
  throw new ScorefieldError({
    kind: 'internal',
    code: 'training/no-end',
    message: 'Training ended without a result.',
  })
}

/** Draws a sheet of samples as training goes; where it cannot be drawn, training goes on. */
async function glimpse(
  { weights, step, secondsElapsed: seconds }: Extract<TrainingEvent, { type: 'weights' }>,
  glimpses: Glimpses,
  place: string,
  terminal: Terminal,
): Promise<void> {
  try {
    const file = await glimpses.draw({ weights, step, seconds })
    terminal.say(`  step ${group(step)}: ${join(place, file)}`)
    terminal.event({ type: 'picture', step, file: join(place, file) })
  } catch (error) {
    terminal.warn(`The samples of step ${group(step)} could not be drawn: ${inWords(error)}`)
  }
}

function isLeast({ heldOutLoss }: Evaluation, least: Evaluation | undefined): boolean {
  return heldOutLoss !== null && (least === undefined || heldOutLoss < least.heldOutLoss!)
}

function lossOf({ heldOutLoss, heldOutStandardError }: Evaluation): string {
  // Of one row there is no standard error.
  const error = Number.isFinite(heldOutStandardError) ? ` ± ${heldOutStandardError!.toFixed(4)}` : ''
  return `${heldOutLoss!.toFixed(4)}${error}`
}

/** What was read, and what was decided about it. */
function sayData({ prepared, config }: RunPlan, terminal: Terminal): void {
  const { counts, columns } = dataOf(prepared.description)
  const kind = kindOf(config.data)
  if (counts)
    terminal.say(
      `${kind.title(config.data)}: ${count(counts.training, kind.words.one ?? 'row')} to learn from, ${heldOutInWords(counts)}, ${count(columns.length, 'column')}.`,
    )
  for (const note of prepared.notes) terminal.say(`  ${note}`)
  const { sigmaData, largestDistance } = prepared.facts.scale
  const { sigmaMin, sigmaMax } = config.training
  const short = (value: number): string => String(Number(value.toPrecision(3)))
  terminal.say(
    `Measured: standard deviation ${short(sigmaData)}, largest distance ${short(largestDistance)}. Noise levels ${short(sigmaMin)} to ${short(sigmaMax)}.`,
  )
}

function heldOutInWords({ validation, test, weightsBy }: RowCounts): string {
  const choosing = weightsBy === 'validation' ? [`${group(validation)} to choose the weights by`] : []
  const both = weightsBy === 'test' ? 'to choose the weights and to report by' : 'to report by'
  return [...choosing, `${group(test)} ${both}`].join(', ')
}

function sayResult({ reason, step, state, least, kept }: Outcome, terminal: Terminal): void {
  const { bestLoss, bestStep, evaluationsWithoutBest } = state
  const steps: TrainingSteps = {
    steps: step,
    reason,
    weights: state.best === undefined ? { kind: 'ema', step } : { kind: 'best', step: bestStep },
    usedLoss: kept?.heldOutLoss ?? undefined,
    // Where the least loss was measured before this part of the run, its step is in the log only.
    ...(bestLoss !== null &&
      least?.heldOutLoss === bestLoss && {
        least: {
          step: least.step,
          loss: bestLoss,
          standardError: least.heldOutStandardError,
          after: evaluationsWithoutBest,
        },
      }),
  }
  if (reason === 'early-stop') terminal.say(endSentence(steps))
  terminal.say(weightsSentence(steps))
}

const noPictures: Drawn = { files: [], secondsInRuntime: 0 }

/** Draws the pictures; a training that is done does not fail for their sake. */
async function picturesOf(folder: string, runtime: Runtime, terminal: Terminal): Promise<Drawn> {
  try {
    return await drawRun(folder, runtime)
  } catch (error) {
    terminal.warn(`The pictures could not be drawn: ${inWords(error)}`)
    return noPictures
  }
}

async function sayPlan(plan: RunPlan, runtime: Runtime, terminal: Terminal): Promise<void> {
  const { config, prepared, model } = plan
  const parameters = parameterCount(model.parameters)
  sayData(plan, terminal)
  terminal.print(JSON.stringify(config, null, 2))
  const estimate = await estimateRun(plan, runtime)
  await prepared.dispose?.()
  terminal.say(
    `${group(parameters)} parameters, ${count(sizeOf(prepared.source.example.event), 'number')} a row.`,
  )
  terminal.say(
    `Measured on the first steps: about ${duration(estimate.seconds)} for ${count(config.training.steps, 'step')} (fewer, if it stops early), ${Math.ceil(estimate.residentBytes / 1e6)} MB of memory. Nothing was written.`,
  )
  terminal.event({ type: 'done', dryRun: true, config, parameters, estimate, notes: prepared.notes })
}

/** The folder as the person named it, or relative to here. */
function shown(options: TrainOptions, run: Run): string {
  const named = options.out ?? options.resume
  if (named) return named
  const here = `${process.cwd()}/`
  return run.folder.startsWith(here) ? run.folder.slice(here.length) : run.folder
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./~+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
