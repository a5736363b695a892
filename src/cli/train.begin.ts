import { copyFile, readFile, rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { byName, ScorefieldError } from '../base/index.ts'
import type { Runtime } from '../engine/index.ts'
import { objectives } from '../objective/index.ts'
import {
  cannotWrite,
  createRun,
  dataOf,
  freeFolder,
  kindOf,
  mergeOptions,
  openRun,
  parseOptions,
  planFrom,
  planRun,
  planWithinMinutes,
  type Run,
  type RunOptions,
  type RunPlan,
  setAll,
} from '../run/node.ts'
import { requireStart, type TrainingState, type TrainingTask } from '../training/index.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { type DeviceOptions, type PictureOptions, pictureSettings, runtimeOf } from './options.ts'
import { inputName, withInput } from './standard-input.ts'
import { group, type Terminal } from './terminal.ts'
import { versions } from './versions.ts'

/** What the command line of `train` says. */
export interface TrainOptions extends CommonOptions, DeviceOptions, PictureOptions {
  readonly flip?: boolean
  readonly out?: string
  readonly resume?: string
  readonly from?: string
  readonly sql?: string
  /** What standard input holds. */
  readonly format?: string
  readonly seed?: number
  readonly steps?: number
  readonly minutes?: number
  readonly batchSize?: number
  readonly learningRate?: number
  readonly family?: string
  readonly objective?: string
  readonly conditions?: string
  readonly gaps?: string
  readonly config?: string
  readonly set?: readonly string[]
  readonly dryRun?: boolean
  readonly pictures: boolean
}

/** A run about to be trained. */
export interface Begun {
  /** Absent for a dry run. */
  readonly run: Run | undefined
  readonly plan: RunPlan
  readonly runtime: Runtime
  readonly resume?: TrainingState | undefined
  /** Weights of another run, to start from. */
  readonly start?: TrainingTask['start']
}

/** Plans a new run and makes its folder; rows of standard input, named `-`, are kept in it. */
export async function begin(
  data: string | undefined,
  options: TrainOptions,
  context: CommandContext,
  terminal: Terminal,
): Promise<Begun> {
  if (options.format !== undefined && data !== '-')
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/format',
      message: '--format names the format of standard input, but the data do not come from there.',
      hint: 'Give - as the data, or leave out --format: the ending of a file tells its format.',
    })
  const use = async (path: string | undefined): Promise<Begun> => {
    const given = await optionsGiven(path, options)
    const other = options.from === undefined ? undefined : await planFrom(given, await openRun(options.from))
    const planned = other?.plan ?? (await planRun(given))
    for (const warning of other?.warnings ?? []) terminal.warn(warning.message)
    const runtime = await runtimeOf(options, terminal)
    // A model to start from has its size.
    const told = other ? mergeOptions(given, { model: { size: planned.config.model.size } }) : given
    const plan = await planWithinMinutes(planned, { given: told, runtime })
    requireStart(byName(objectives, plan.config.training.objective, 'objective'), other !== undefined)
    if (options.dryRun) return { run: undefined, plan, runtime }
    const folder = options.out ?? freeFolder('runs', plan.config.name)
    const isInput = data === '-' && plan.config.data.source === resolve(path!)
    const kept = isInput ? keptIn(folder, path!, plan) : plan
    const run = await createRun(folder, {
      config: kept.config,
      data: kept.prepared.description,
      versions: await versions(runtime),
      commandLine: context.args,
      from: other?.origin,
      fingerprint: await kindOf(plan.config.data).fingerprint(plan.config.data),
    })
    if (isInput) await keepRows(path!, run.folder, kept.config.data.source!)
    if (other)
      terminal.say(
        `Starting from the weights of ${other.origin.name}, step ${group(other.origin.step)}, in ${options.from}.`,
      )
    return { run, plan: kept, runtime, start: other?.start }
  }
  return withInput(data, context, use, options.format)
}

/** A plan of rows that came by standard input, and are to be found in the run's folder. */
function keptIn(folder: string, path: string, plan: RunPlan): RunPlan {
  const { config, prepared } = plan
  // data.json is taken.
  const source = join(resolve(folder), basename(path).replace(inputName, 'rows'))
  return {
    ...plan,
    config: { ...config, data: { ...config.data, source } },
    prepared: {
      ...prepared,
      description: dataOf(prepared.description).movedTo(source),
      notes: [`The rows of standard input are kept as ${source}.`, ...prepared.notes],
    },
  }
}

/** A run without its rows could not be resumed, so it is not left behind. */
async function keepRows(path: string, folder: string, source: string): Promise<void> {
  try {
    await copyFile(path, source)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw cannotWrite(source, error)
  }
}

/** Settings in the order of their weight: --config, then --set, then options of their own. */
async function optionsGiven(data: string | undefined, options: TrainOptions): Promise<RunOptions> {
  const described = data === undefined ? undefined : await descriptionIn(data)
  const fromFile = mergeOptions(
    options.config ? parseOptions(await readJsonFile(options.config), options.config) : {},
    described ?? {},
  )
  const { seed, steps, minutes, batchSize, learningRate, family, objective, sql, gaps, kind } = options
  const conditions = options.conditions?.split(',').map((name) => name.trim())
  const training = { steps, minutes, batchSize, learningRate, objective }
  const own = parseOptions(
    dropUndefined({
      seed,
      data: dropUndefined({
        source: described ? undefined : data,
        ...{ kind, sql, gaps, pictures: pictureSettings(options) },
      }),
      model: dropUndefined({ family, conditions }),
      training: dropUndefined(training),
    }),
    'the command line',
  )
  return mergeOptions(setAll(fromFile, options.set ?? []), own)
}

/** Larger files are tables. */
const largestDescription = 4_000_000

/**
 * The settings in a file such as `inspect --write` writes, known by its section "data"; undefined for any other file.
 * A table in JSON is a list of rows, or lines of them.
 */
async function descriptionIn(path: string): Promise<RunOptions | undefined> {
  if (!path.endsWith('.json')) return undefined
  const size = await stat(path).then(
    (found) => found.size,
    () => Infinity,
  )
  if (size > largestDescription) return undefined
  let content: unknown
  try {
    content = JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
  const { data } = (content ?? {}) as {
    readonly data?: { readonly columns?: unknown; readonly pictures?: unknown }
  }
  const isDescription =
    typeof data === 'object' &&
    !Array.isArray(data) &&
    (data?.columns !== undefined || data?.pictures !== undefined)
  return isDescription ? parseOptions(content, path) : undefined
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
