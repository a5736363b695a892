import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCodes, ScorefieldError } from '../engine/error.ts'
import { parameterCount } from '../model/index.ts'
import {
  createRun,
  executeRun,
  fingerprintOf,
  freeFolder,
  loadCheckpoint,
  mergeOptions,
  modelOf,
  openRun,
  parseOptions,
  planRun,
  type Run,
  type RunConfig,
  type RunOptions,
  type RunPlan,
  setAll,
} from '../run/node.ts'
import type { TrainingState } from '../training/index.ts'
import { runtimeOf } from './options.ts'
import { drawRun } from './pictures.ts'
import { interruptSignal } from './signals.ts'
import { clock, group, Terminal } from './terminal.ts'
import type { TrainOptions } from './train.ts'
import { versions } from './versions.ts'

/** Trains a new run, or goes on with one. */
export async function runTrain(data: string | undefined, options: TrainOptions): Promise<void> {
  const started = performance.now()
  const terminal = new Terminal({ json: options.json ?? false, quiet: options.quiet ?? false })
  const { run, plan, resume } = options.resume
    ? await reopen(options.resume, data, options, terminal)
    : await begin(data, options, terminal)
  if (!run) return

  for (const note of plan.prepared.notes) terminal.say(`  ${note}`)
  terminal.event({ type: 'run', folder: run.folder, name: run.name, config: run.config })
  const { signal, release } = interruptSignal(() =>
    terminal.say('Stopping after the steps under way; the state is saved …'),
  )
  const runtime = await runtimeOf(options)
  let last: { state: TrainingState; reason: string; secondsInRuntime: number } | undefined
  let heldOut = ''
  try {
    for await (const event of executeRun({
      run,
      prepared: plan.prepared,
      runtime,
      signal,
      ...(resume ? { resume } : {}),
    })) {
      if (event.type === 'start')
        terminal.say(
          `Training ${group(event.parameters)} parameters for ${group(event.steps)} steps of ${run.config.training.batchSize} rows (compiled in ${event.compileSeconds.toFixed(2)} s).`,
        )
      if (event.type === 'step')
        terminal.progress({
          label: 'training',
          done: event.step,
          total: event.steps,
          seconds: event.secondsElapsed,
          detail: `loss ${event.loss.toFixed(4)}${heldOut}`,
        })
      if (event.type === 'evaluation' && event.heldOutLoss !== null)
        heldOut = `  held-out ${event.heldOutLoss.toFixed(4)} ± ${event.heldOutStandardError!.toFixed(4)}`
      if (event.type === 'warning') terminal.warn(event.message)
      if (event.type === 'done') last = event
      else if (event.type === 'checkpoint') terminal.event({ type: 'checkpoint', step: event.step })
      else terminal.event(event)
    }
  } finally {
    release()
  }
  if (!last) return
  if (last.reason === 'interrupted') {
    terminal.say(
      `Stopped at step ${last.state.step}. Go on with: scorefield train --resume ${shown(options, run)}`,
    )
    terminal.event({ type: 'done', reason: 'interrupted', run: run.folder, step: last.state.step })
    process.exitCode = exitCodes.interrupted
    return
  }
  const pictures = options.pictures ? await drawRun(run.folder, runtime) : []
  const seconds = (performance.now() - started) / 1000
  if (last.reason === 'early-stop')
    terminal.say(
      `Stopped early at step ${last.state.step}: the held-out loss was best at step ${last.state.bestStep}.`,
    )
  terminal.say(`Done in ${clock(seconds)}. The run is in ${shown(options, run)}`)
  for (const file of pictures) terminal.say(`  picture: ${join(shown(options, run), file)}`)
  terminal.say(`Draw new rows with: scorefield sample ${shown(options, run)} -n 1000 -o new.csv`)
  terminal.event({
    type: 'done',
    reason: last.reason,
    run: run.folder,
    step: last.state.step,
    bestStep: last.state.bestStep,
    bestLoss: last.state.bestLoss,
    secondsElapsed: seconds,
    secondsInRuntime: last.secondsInRuntime,
    pictures,
  })
}

interface Begun {
  readonly run: Run | undefined
  readonly plan: RunPlan
  readonly resume?: TrainingState
}

async function begin(data: string | undefined, options: TrainOptions, terminal: Terminal): Promise<Begun> {
  const given = await optionsGiven(data, options)
  const plan = await planRun(given)
  if (options.dryRun) {
    sayPlan(plan, terminal)
    return { run: undefined, plan }
  }
  const folder = options.out ?? freeFolder('runs', plan.config.name)
  const run = await createRun(folder, {
    config: plan.config,
    data: plan.prepared.description,
    versions: await versions(),
    commandLine: process.argv.slice(2),
    ...(await fingerprint(plan.config)),
  })
  return { run, plan }
}

/** Settings in the order of their weight: --config, then --set, then options of their own. */
async function optionsGiven(data: string | undefined, options: TrainOptions): Promise<RunOptions> {
  const fromFile = options.config ? parseOptions(await readJsonFile(options.config), options.config) : {}
  const { seed, steps, batchSize, learningRate, objective, sql } = options
  const training = { steps, batchSize, learningRate, objective }
  const own = parseOptions(
    dropUndefined({ seed, data: dropUndefined({ source: data, sql }), training: dropUndefined(training) }),
    'the command line',
  )
  return mergeOptions(setAll(fromFile, options.set ?? []), own)
}

function dropUndefined(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new ScorefieldError({
      kind: 'usage',
      code: 'config/unreadable',
      message: `${path} cannot be read as JSON: ${(cause as Error).message}.`,
      where: path,
      cause,
    })
  }
}

async function reopen(
  folder: string,
  data: string | undefined,
  options: TrainOptions,
  terminal: Terminal,
): Promise<Begun> {
  const told = [
    ...(data === undefined ? [] : ['a data argument']),
    ...(['out', 'sql', 'seed', 'steps', 'batchSize', 'learningRate', 'objective', 'config', 'set'] as const)
      .filter((name) => options[name] !== undefined)
      .map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`),
  ]
  if (told.length > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/resume',
      message: `--resume takes everything from the run; ${told.join(' and ')} cannot be changed.`,
      hint: 'Leave these out, or start a new run.',
    })
  const run = await openRun(folder)
  const { value: state, warnings } = await loadCheckpoint(run, 'latest')
  for (const warning of warnings) terminal.warn(warning.message)
  const plan = await planRun(run.config)
  if (JSON.stringify(plan.prepared.description) !== JSON.stringify(run.data))
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/changed',
      message: 'The data are not what the run was started on: they changed, or data.json did.',
      where: run.folder,
      hint: 'Restore them, or start a new run.',
    })
  terminal.say(`Going on with ${folder} at step ${group(state.step)} of ${group(run.config.training.steps)}.`)
  return { run, plan: { ...plan, config: run.config }, resume: state }
}

async function fingerprint(
  config: RunConfig,
): Promise<{ fingerprint?: Awaited<ReturnType<typeof fingerprintOf>> }> {
  const { kind, source } = config.data
  // A pattern or a query has no one file to take a sum of; the rows' own description stands for it.
  if (kind !== 'table' || source === undefined || /[*?[\]{}]/.test(source)) return {}
  return { fingerprint: await fingerprintOf(source) }
}

function sayPlan({ config, prepared }: RunPlan, terminal: Terminal): void {
  const parameters = parameterCount(modelOf(config, prepared.source.dimension).parameters)
  terminal.print(JSON.stringify(config, null, 2))
  terminal.say(
    `${group(parameters)} parameters, ${prepared.source.dimension} numbers a row. Nothing was written.`,
  )
  terminal.event({ type: 'done', dryRun: true, config, parameters, notes: prepared.notes })
}

/** The folder as the person named it, or relative to here. */
function shown(options: TrainOptions, run: Run): string {
  const named = options.out ?? options.resume
  if (named) return named
  const here = `${process.cwd()}/`
  return run.folder.startsWith(here) ? run.folder.slice(here.length) : run.folder
}
