import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ScorefieldError } from '../../base/index.ts'
import type { TrainingState } from '../../training/index.ts'
import {
  type CheckpointHeader,
  type CheckpointPlace,
  checkpointFolder,
  checkpointsFolder,
  encodeCheckpoint,
  type ParameterShapes,
  readBest,
  readGroup,
  readHeader,
  readState,
} from './checkpoint-files.ts'
import {
  cannotWrite,
  codeOf,
  discardFolder,
  prepareFolder,
  publishFolder,
  sweep,
  type WriteFile,
} from './durable.node.ts'

type RunFolder = { readonly folder: string }

/** A checkpoint to load: the newest good one, or that of a step. */
export type CheckpointChoice = number | 'latest'

/** Something that a person should know though the work went on. */
export interface RunWarning {
  readonly code: string
  readonly message: string
}

/** What was read, of which step, and what was found on the way there. */
export interface Loaded<T> {
  readonly value: T
  readonly step: number
  readonly warnings: readonly RunWarning[]
}

/** Weights to sample with. */
export interface LoadedWeights {
  readonly weights: Readonly<Record<string, Float32Array>>
  readonly kind: 'best' | 'ema' | 'model'
  /** The step that they are of: of the best ones an earlier one than the checkpoint's, where later ones were worse. */
  readonly step: number
}

const checkpointsOf = ({ folder }: RunFolder): string => join(folder, checkpointsFolder)

const replacedName = (target: string): string => `${target}.replaced`

/** A step's folder, or the one that a newer save of the same step was about to replace. */
const checkpointName = /^step-(\d{9,})(\.replaced)?$/

/**
 * Writes a checkpoint: its files aside and through to the disk, then its name, all at once; then removes old ones.
 *
 * A kill at any moment leaves either the checkpoint whole or none of it, and the older ones as they were.
 * keep: how many stay, 3 unless given; the one just written always does. Returns its folder.
 * Errors: `run/disk-full`, `run/not-writable`, `run/write-failed`; no half-made folder stays.
 */
export async function saveCheckpoint(
  run: RunFolder,
  state: TrainingState,
  options: {
    readonly keep?: number
    readonly shapes?: ParameterShapes
    readonly write?: WriteFile
  } = {},
): Promise<string> {
  const parent = checkpointsOf(run)
  const target = join(parent, checkpointFolder(state.step))
  try {
    await mkdir(parent, { recursive: true })
    await sweep(parent)
    const aside = await prepareFolder(target, encodeCheckpoint(state, options.shapes), options.write)
    await setAside(target)
    await publishFolder(aside, target)
    await discardFolder(replacedName(target)).catch(unlessMissing)
  } catch (error) {
    await sweep(parent).catch(() => {})
    throw cannotWrite(target, error)
  }
  // An old checkpoint that cannot be removed is no reason to stop; the next save tries again.
  await removeOld(run, state.step, options.keep ?? 3).catch(() => {})
  return target
}

/**
 * The state of a checkpoint, after its sums are checked; `latest` falls back to the newest good one, with a warning for
 * each that is not.
 *
 * Errors: `run/no-checkpoint`, `run/no-such-checkpoint`, `run/checkpoint-corrupt` naming the file, `run/newer-version`.
 */
export function loadCheckpoint(run: RunFolder, choice: CheckpointChoice): Promise<Loaded<TrainingState>> {
  return load(run, choice, readState)
}

/**
 * Weights of a checkpoint, reading no more than their file: `best` where nothing was held out is `ema`.
 *
 * Errors: those of `loadCheckpoint`.
 */
export function loadWeights(
  run: RunFolder,
  choice: CheckpointChoice,
  kind: LoadedWeights['kind'] = 'best',
): Promise<Loaded<LoadedWeights>> {
  return load(run, choice, async (place, header): Promise<LoadedWeights> => {
    const { step, bestStep } = header
    if (kind !== 'best') return { kind, step, weights: await readGroup(place, header, kind) }
    const best = await readBest(place, header)
    return best
      ? { kind, step: bestStep, weights: best }
      : { kind: 'ema', step, weights: await readGroup(place, header, 'ema') }
  })
}

/** What the newest checkpoint says of itself, its sums unchecked; undefined where there is none that can be read. */
export async function latestHeader(run: RunFolder): Promise<CheckpointHeader | undefined> {
  for (const { folder } of await listCheckpoints(run)) {
    const header = await readHeader(placeOf(folder)).catch(() => undefined)
    if (header !== undefined) return header
  }
  return undefined
}

/** A run's checkpoints, newest first. */
export async function listCheckpoints(
  run: RunFolder,
): Promise<readonly { readonly step: number; readonly folder: string }[]> {
  const parent = checkpointsOf(run)
  const names = await readdir(parent).catch((error) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  return names
    .flatMap((name) => {
      const found = checkpointName.exec(name)
      return found ? [{ step: Number(found[1]), folder: join(parent, name) }] : []
    })
    .sort((a, b) => b.step - a.step || a.folder.length - b.folder.length)
}

function placeOf(folder: string): CheckpointPlace {
  return {
    where: folder,
    pathOf: (name) => join(folder, name),
    read: (name) =>
      readFile(join(folder, name)).catch((error) => {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }),
  }
}

async function load<T>(
  run: RunFolder,
  choice: CheckpointChoice,
  read: (place: CheckpointPlace, header: CheckpointHeader) => Promise<T>,
): Promise<Loaded<T>> {
  const all = await listCheckpoints(run)
  const wanted = choice === 'latest' ? all : all.filter(({ step }) => step === choice)
  if (wanted.length === 0) throw nothingThere(run, choice, all)
  const failures: ScorefieldError[] = []
  for (const { folder, step } of wanted)
    try {
      const place = placeOf(folder)
      const value = await read(place, await readHeader(place))
      return { value, step, warnings: failures.map((failure) => skipped(failure, step)) }
    } catch (error) {
      if (!(error instanceof ScorefieldError) || error.code !== 'run/checkpoint-corrupt') throw error
      failures.push(error)
    }
  throw failures[0]!
}

function skipped({ message }: ScorefieldError, step: number): RunWarning {
  return {
    code: 'run/checkpoint-corrupt',
    message: `${message} The checkpoint of step ${step} is used instead.`,
  }
}

function nothingThere(
  { folder }: RunFolder,
  choice: CheckpointChoice,
  all: readonly { readonly step: number }[],
): ScorefieldError {
  const steps = [...new Set(all.map(({ step }) => step))]
  return new ScorefieldError(
    steps.length === 0
      ? {
          kind: 'usage',
          code: 'run/no-checkpoint',
          message: `The run ${folder} has no checkpoint yet.`,
          where: folder,
          hint: 'Train it first, or longer.',
        }
      : {
          kind: 'usage',
          code: 'run/no-such-checkpoint',
          message: `The run ${folder} has no checkpoint of step ${choice}.`,
          where: folder,
          hint: `There are those of steps ${steps.join(', ')}.`,
        },
  )
}

/** Makes room for a new save of a step: the old one keeps a name that is still found, until the new one is there. */
async function setAside(target: string): Promise<void> {
  const replaced = replacedName(target)
  try {
    await rename(target, replaced)
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') return unlessMissing(error)
    // A kill came after the new one was there and before the old one was gone.
    await rm(replaced, { recursive: true, force: true })
    await rename(target, replaced)
  }
}

function unlessMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}

/** Keeps the step just saved and the newest others. */
async function removeOld(run: RunFolder, saved: number, keep: number): Promise<void> {
  const others = (await listCheckpoints(run)).filter(({ step }) => step !== saved)
  for (const { folder } of others.slice(Math.max(0, keep - 1))) await discardFolder(folder)
}
