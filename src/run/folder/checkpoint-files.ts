import { sha256 as digest } from '@noble/hashes/sha2'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils'
import { ScorefieldError } from '../../base/index.ts'
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../files/index.ts'
import type { TrainingState } from '../../training/index.ts'
import { isRecord } from '../config/problems.ts'

/** The version of checkpoints that is written. */
export const checkpointFormatVersion = 1

/** The folder of a run's checkpoints. */
export const checkpointsFolder = 'checkpoints'

/** Name of a step's folder: as many digits as keep names in order. */
export function checkpointFolder(step: number): string {
  return `step-${String(step).padStart(9, '0')}`
}

/** Shapes of the parameters by name; a parameter of no known shape is stored as a list. */
export type ParameterShapes = Readonly<Record<string, readonly number[]>>

/** What state.json says, beside the sums. */
export interface CheckpointHeader {
  readonly step: number
  readonly bestLoss: number | null
  readonly bestStandardError?: number
  readonly bestStep: number
  readonly evaluationsWithoutBest: number
  /** Names of the state's groups, in order. */
  readonly groups: readonly string[]
  /** SHA-256 of each file. */
  readonly files: Readonly<Record<string, string>>
}

/** The files of a checkpoint, wherever they lie. */
export interface CheckpointPlace {
  /** What a person calls the place. */
  readonly where: string
  /** What a person calls a file there. */
  readonly pathOf: (name: string) => string
  /** The content of a file, undefined where there is none. */
  readonly read: (name: string) => Promise<Uint8Array | undefined>
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

/** Reads and checks state.json of a checkpoint. Errors: `run/checkpoint-corrupt`, `run/newer-version`. */
export async function readHeader(place: CheckpointPlace): Promise<CheckpointHeader> {
  const path = place.pathOf(stateFile)
  const text = new TextDecoder().decode(await readPart(place, stateFile))
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch (error) {
    throw corrupt(path, 'it is no JSON', error)
  }
  if (!isRecord(said)) throw corrupt(path, 'it is no JSON object')
  const { checksum, ...rest } = said
  const intact = checksum === sha256(JSON.stringify(rest))
  const { formatVersion: version, bestLoss, bestStandardError, ...header } = rest
  // The checksum is told in every version alike, so that damage to the version itself is seen as damage.
  if (typeof version === 'number' && version > checkpointFormatVersion && (intact || checksum === undefined))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'run/newer-version',
      message: `The checkpoint ${place.where} is of version ${version}; this release reads up to ${checkpointFormatVersion}.`,
      where: path,
      hint: 'Take a newer release of scorefield.',
    })
  if (!intact) throw corrupt(path, 'its checksum does not fit')
  return {
    ...header,
    bestLoss: bestLoss === null ? null : Number(bestLoss),
    ...(bestStandardError === undefined ? {} : { bestStandardError: Number(bestStandardError) }),
  } as CheckpointHeader
}

/** The whole state that a header announces. Errors: `run/checkpoint-corrupt`. */
export async function readState(place: CheckpointPlace, header: CheckpointHeader): Promise<TrainingState> {
  const { step, bestLoss, bestStandardError, bestStep, evaluationsWithoutBest } = header
  const groups: Record<string, Record<string, Float32Array>> = {}
  for (const group of header.groups) groups[group] = {}
  for (const [group, name] of Object.entries(ownFile))
    if (name in header.files) groups[group] = await readWeights(place, header, name)
  for (const [key, data] of Object.entries(await readWeights(place, header, optimizerFile))) {
    const slash = key.indexOf('/')
    groups[key.slice(0, slash)]![key.slice(slash + 1)] = data
  }
  const best = await readBest(place, header)
  return {
    ...{ step, groups, ...(best ? { best } : {}) },
    ...{ bestLoss, ...(bestStandardError === undefined ? {} : { bestStandardError }) },
    ...{ bestStep, evaluationsWithoutBest },
  }
}

/** The averaged weights with the best held-out loss; undefined where nothing was held out. */
export async function readBest(
  place: CheckpointPlace,
  header: CheckpointHeader,
): Promise<Record<string, Float32Array> | undefined> {
  return bestFile in header.files ? readWeights(place, header, bestFile) : undefined
}

/** One of the groups with a file of their own: the weights, or their average. */
export async function readGroup(
  place: CheckpointPlace,
  header: CheckpointHeader,
  group: 'model' | 'ema',
): Promise<Record<string, Float32Array>> {
  return readWeights(place, header, ownFile[group]!)
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
  const { step, bestLoss, bestStandardError, bestStep, evaluationsWithoutBest } = state
  const rest = {
    formatVersion: checkpointFormatVersion,
    step,
    bestLoss: bestLoss === null ? null : exactNumber(bestLoss),
    ...(bestStandardError === undefined ? {} : { bestStandardError: exactNumber(bestStandardError) }),
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
  place: CheckpointPlace,
  header: CheckpointHeader,
  name: string,
): Promise<Record<string, Float32Array>> {
  const path = place.pathOf(name)
  const bytes = await readPart(place, name)
  if (sha256(bytes) !== header.files[name]) throw corrupt(path, 'its SHA-256 is not the one in state.json')
  const { tensors } = decodeSafetensors(bytes, path)
  return Object.fromEntries(Object.entries(tensors).map(([key, { data }]) => [key, data]))
}

async function readPart(place: CheckpointPlace, name: string): Promise<Uint8Array> {
  const path = place.pathOf(name)
  const bytes = await place.read(name).catch((error: Error) => {
    throw corrupt(path, error.message, error)
  })
  if (bytes) return bytes
  throw corrupt(path, 'it is missing')
}

/** SHA-256 in hexadecimal, at once: a browser's own is only for pages that came by a secure way. */
function sha256(content: Uint8Array | string): string {
  return bytesToHex(digest(typeof content === 'string' ? utf8ToBytes(content) : content))
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
