import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ScorefieldError } from '../../base/index.ts'
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../files/index.ts'
import type { TrainingState } from '../../training/index.ts'
import { isRecord } from '../config/problems.ts'
import { codeOf } from './durable.node.ts'
import { sha256 } from './fingerprint.node.ts'

/** The version of checkpoints that is written. */
export const checkpointFormatVersion = 1

/** Shapes of the parameters by name; a parameter of no known shape is stored as a list. */
export type ParameterShapes = Readonly<Record<string, readonly number[]>>

/** What state.json says, beside the sums. */
export interface CheckpointHeader {
  readonly step: number
  readonly bestLoss: number | null
  readonly bestStep: number
  readonly evaluationsWithoutBest: number
  /** Names of the state's groups, in order. */
  readonly groups: readonly string[]
  /** SHA-256 of each file. */
  readonly files: Readonly<Record<string, string>>
}

type Weights = Readonly<Record<string, Float32Array>>

const stateFile = 'state.json'
const optimizerFile = 'optimizer.safetensors'
/** Groups with a file of their own; all others share the optimizer's, as `group/name`. */
const ownFile: Readonly<Record<string, string>> = { model: 'model.safetensors', ema: 'ema.safetensors' }
const bestFile = 'best.safetensors'

/** The files of a checkpoint, state.json the last. */
export function encodeCheckpoint(
  state: TrainingState,
  shapes: ParameterShapes = {},
): Record<string, Uint8Array | string> {
  const files: Record<string, Uint8Array> = {}
  const shared: Record<string, StoredTensor> = {}
  const metadata = { format: 'scorefield', step: String(state.step) }
  const own = (name: string, weights: Weights): void => {
    files[name] = encodeSafetensors(stored('', weights, shapes), metadata)
  }
  for (const [group, weights] of Object.entries(state.groups)) {
    const name = ownFile[group]
    if (name !== undefined) own(name, weights)
    else if (!group.includes('/')) Object.assign(shared, stored(`${group}/`, weights, shapes))
    else throw slashInName(group)
  }
  files[optimizerFile] = encodeSafetensors(shared, metadata)
  if (state.best) own(bestFile, state.best)
  return { ...files, [stateFile]: encodeHeader(state, files) }
}

/** Reads and checks state.json of a checkpoint's folder. Errors: `run/checkpoint-corrupt`, `run/newer-version`. */
export async function readHeader(folder: string): Promise<CheckpointHeader> {
  const path = join(folder, stateFile)
  const text = new TextDecoder().decode(await readPart(folder, stateFile))
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch (error) {
    throw corrupt(path, 'it is no JSON', error)
  }
  if (!isRecord(said)) throw corrupt(path, 'it is no JSON object')
  const { checksum, ...rest } = said
  const intact = checksum === sha256(JSON.stringify(rest))
  const { formatVersion: version, bestLoss, ...header } = rest
  // The checksum is told in every version alike, so that damage to the version itself is seen as damage.
  if (typeof version === 'number' && version > checkpointFormatVersion && (intact || checksum === undefined))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'run/newer-version',
      message: `The checkpoint ${folder} is of version ${version}; this release reads up to ${checkpointFormatVersion}.`,
      where: path,
      hint: 'Take a newer release of scorefield.',
    })
  if (!intact) throw corrupt(path, 'its checksum does not fit')
  return { ...header, bestLoss: bestLoss === null ? null : Number(bestLoss) } as CheckpointHeader
}

/** The whole state that a header announces. Errors: `run/checkpoint-corrupt`. */
export async function readState(folder: string, header: CheckpointHeader): Promise<TrainingState> {
  const { step, bestLoss, bestStep, evaluationsWithoutBest } = header
  const groups: Record<string, Record<string, Float32Array>> = {}
  for (const group of header.groups) groups[group] = {}
  for (const [group, name] of Object.entries(ownFile))
    if (name in header.files) groups[group] = await readWeights(folder, header, name)
  for (const [key, data] of Object.entries(await readWeights(folder, header, optimizerFile))) {
    const slash = key.indexOf('/')
    groups[key.slice(0, slash)]![key.slice(slash + 1)] = data
  }
  const best = await readBest(folder, header)
  return { step, groups, ...(best ? { best } : {}), bestLoss, bestStep, evaluationsWithoutBest }
}

/** The averaged weights with the best held-out loss; undefined where nothing was held out. */
export async function readBest(
  folder: string,
  header: CheckpointHeader,
): Promise<Record<string, Float32Array> | undefined> {
  return bestFile in header.files ? readWeights(folder, header, bestFile) : undefined
}

/** One of the groups with a file of their own: the weights, or their average. */
export async function readGroup(
  folder: string,
  header: CheckpointHeader,
  group: 'model' | 'ema',
): Promise<Record<string, Float32Array>> {
  return readWeights(folder, header, ownFile[group]!)
}

function stored(prefix: string, weights: Weights, shapes: ParameterShapes): Record<string, StoredTensor> {
  const shapeOf = (name: string, { length }: Float32Array): readonly number[] => {
    const shape = Object.hasOwn(shapes, name) ? shapes[name]! : [length]
    return shape.reduce((product, size) => product * size, 1) === length ? shape : [length]
  }
  return Object.fromEntries(
    Object.entries(weights).map(([name, data]) => [prefix + name, { shape: shapeOf(name, data), data }]),
  )
}

function encodeHeader(state: TrainingState, files: Readonly<Record<string, Uint8Array>>): string {
  const { step, bestLoss, bestStep, evaluationsWithoutBest } = state
  const rest = {
    formatVersion: checkpointFormatVersion,
    step,
    bestLoss: bestLoss === null ? null : exactNumber(bestLoss),
    bestStep,
    evaluationsWithoutBest,
    groups: Object.keys(state.groups),
    files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)])),
  }
  return `${JSON.stringify({ ...rest, checksum: sha256(JSON.stringify(rest)) }, null, 2)}\n`
}

/** A number as JSON keeps it: what JSON has no number for, as text. */
function exactNumber(value: number): number | string {
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? value : String(value)
}

async function readWeights(
  folder: string,
  header: CheckpointHeader,
  name: string,
): Promise<Record<string, Float32Array>> {
  const path = join(folder, name)
  const bytes = await readPart(folder, name)
  if (sha256(bytes) !== header.files[name]) throw corrupt(path, 'its SHA-256 is not the one in state.json')
  const { tensors } = decodeSafetensors(bytes, path)
  return Object.fromEntries(Object.entries(tensors).map(([key, { data }]) => [key, data]))
}

async function readPart(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name)
  try {
    return await readFile(path)
  } catch (error) {
    throw corrupt(path, codeOf(error) === 'ENOENT' ? 'it is missing' : (error as Error).message, error)
  }
}

function slashInName(group: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'internal',
    code: 'run/group-name',
    message: `The group "${group}" of a training state has a slash in its name; groups and parameters are parted by it.`,
  })
}

function corrupt(path: string, why: string, cause?: unknown): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'run/checkpoint-corrupt',
    message: `The checkpoint's file ${path} is damaged: ${why}.`,
    where: path,
    hint: 'Go on from an older checkpoint: --resume takes the newest good one.',
    cause,
  })
}
