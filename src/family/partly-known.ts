import * as f from '../engine/index.ts'
import { type At, type Model, perPoint } from './model.ts'
import { type RowPart, widthOf } from './row-part.ts'

/**
 * The name of the condition by which a model of partly known rows is told which parts are known: 1 for yes, [B, P].
 *
 * A part is _known_ (its clean numbers are given), _absent_ (nothing is said of it, and nothing is asked), or else noisy, as every
 * part is of the joint distribution. So one model answers for p(x), for p(x_U | x_K) of any parts K, and for p(x_U) of any parts U.
 */
export const knownParts = 'known parts'

/** The name of the condition by which a model of partly known rows is told which parts are absent: 1 for yes, [B, P]. */
export const absentParts = 'absent parts'

/** The name of the condition by which a model of partly known rows is told the clean numbers of what is known, [B, d]. */
export const knownNumbers = 'known numbers'

const own: readonly string[] = [knownParts, absentParts, knownNumbers]

/** Shapes of what a model of partly known rows is told: 1 where a part is known, [P]; 1 where it is absent, [P]; the clean row, [d]. */
export function partlyKnownShapes(parts: readonly RowPart[]): Record<string, f.Shape> {
  const dimension = parts.reduce((sum, part) => sum + widthOf(part), 0)
  return { [knownParts]: [parts.length], [absentParts]: [parts.length], [knownNumbers]: [dimension] }
}

/** Conditions without what is told of the parts; undefined where nothing is left. */
export function otherConditions<T>(conditions: f.Named<T> | undefined): f.Named<T> | undefined {
  const others = Object.entries(conditions ?? {}).filter(([name]) => !own.includes(name))
  return others.length === 0 ? undefined : Object.fromEntries(others)
}

/** The model as one of the joint distribution: it is told of no part, and every part is noisy. */
export function jointOf<M extends Model>(model: M): M {
  if (model.partlyKnown === undefined) return model
  return { ...model, partlyKnown: undefined, conditions: otherConditions(model.conditions) }
}

/** The same question with the known parts absent: what is noisy by itself. */
export function withoutKnown(at: At): At {
  const { [knownParts]: known, [absentParts]: absent, [knownNumbers]: numbers } = at.conditions ?? {}
  if (!known || !absent || !numbers) return at
  const none = f.mul(known, 0)
  return {
    ...at,
    conditions: {
      ...at.conditions,
      [knownParts]: none,
      [absentParts]: f.add(known, absent),
      [knownNumbers]: numbers,
    },
  }
}

/** What is told of the parts of a batch of rows, traced. */
export interface PartStates {
  /** x where a part is noisy, the clean numbers where it is known, 0 where it is absent, [B, d]. */
  readonly x: f.Tensor
  /** 1 for each coordinate that is noisy, else 0, [B, d]. */
  readonly noisy: f.Tensor
  /** 1 for each coordinate that is known, else 0, [B, d]. */
  readonly known: f.Tensor
  /** The same of part `k`, [B]. */
  readonly noisyPart: (k: number) => f.Tensor
  readonly knownPart: (k: number) => f.Tensor
  /** What the network is told: which parts are known, and which are absent, [B, 2P]. */
  readonly flags: f.Tensor
}

/** What `at` tells of the parts; undefined where every part is noisy. */
export function partStates(at: At, parts: readonly RowPart[]): PartStates | undefined {
  const told = at.conditions
  if (told?.[knownParts] === undefined) return undefined
  const known = told[knownParts]
  const absent = told[absentParts]!
  const noisy = f.add(f.neg(f.add(known, absent)), 1)
  const spread = acrossCoordinates(parts)
  const coordinates = { noisy: f.matmul(noisy, spread), known: f.matmul(known, spread) }
  const rows = at.x.shape[0]!
  const ofPart = (states: f.Tensor, k: number): f.Tensor =>
    f.reshape(f.slice(states, { axis: 1, start: k, end: k + 1 }), [rows])
  return {
    ...coordinates,
    x: f.add(f.mul(at.x, coordinates.noisy), f.mul(told[knownNumbers]!, coordinates.known)),
    noisyPart: (k) => ofPart(noisy, k),
    knownPart: (k) => ofPart(known, k),
    flags: f.concat([known, absent], { axis: 1 }),
  }
}

/** What the network is told beside x: which parts are known, which are absent, and the numbers that are known, [B, 2P + d]. */
export function knowledge({ flags, known, x }: PartStates, sigmaData: number): f.Tensor {
  return f.concat([flags, f.mul(known, f.mul(x, 1 / sigmaData))], { axis: 1 })
}

/** The same where every part is noisy. */
export function nothingKnown(x: f.Tensor, parts: readonly RowPart[]): f.Tensor {
  return f.broadcastTo(f.constant(0), [x.shape[0]!, 2 * parts.length + x.shape[1]!])
}

/**
 * What the error of rows weighs of which something is known, [B]: 1 + 3 σ²/(σ² + σ_d²); 1 of others.
 *
 * Where nothing is known, there is little to learn at noise levels above σ_d: D is near the mean. Where something is, all that it
 * tells of the rest is to be learned there; the usual noise levels hardly go there. No weight moves the minimum.
 */
export function emphasis({ known }: PartStates, sigma: f.Tensor, sigmaData: number): f.Tensor {
  const any = f.maxOver(known, { axes: [1] })
  const noise = f.square(sigma)
  return f.add(f.mul(f.mul(any, f.div(noise, f.add(noise, sigmaData ** 2))), 3), 1)
}

/**
 * What a sampler may follow in the place of D: D where x is noisy, the clean numbers where they are known; where a part is absent,
 * x σ_d²/(σ² + σ_d²), the mean of a normal of deviation σ_d, so that its coordinates stay of the size that samplers expect.
 */
export function withKnown(
  denoised: f.Tensor,
  states: PartStates,
  { x, sigma, sigmaData }: { readonly x: f.Tensor; readonly sigma: f.Tensor; readonly sigmaData: number },
): f.Tensor {
  const absent = f.add(f.neg(f.add(states.noisy, states.known)), 1)
  const shrunk = f.mul(f.reciprocal(f.add(f.square(sigma), sigmaData ** 2)), sigmaData ** 2)
  return f.add(
    f.add(f.mul(denoised, states.noisy), f.mul(states.x, states.known)),
    f.mul(f.mul(x, perPoint(shrunk, x)), absent),
  )
}

/** A noise level that hides every wave that a network may see of a number. */
const hidden = 1e3

/** The noise level of each coordinate, [B, d]: σ where it is noisy, 0 where it is known, one that hides all where it is absent. */
export function eachLevel(sigma: f.Tensor, { noisy, known }: PartStates): f.Tensor {
  const absent = f.add(f.neg(f.add(noisy, known)), 1)
  return f.add(f.mul(perPoint(sigma, noisy), noisy), f.mul(absent, hidden))
}

/** [P, d]: 1 where coordinate j is of part k. */
function acrossCoordinates(parts: readonly RowPart[]): f.Tensor {
  const owners = parts.flatMap((part, k) => new Array<number>(widthOf(part)).fill(k))
  const data = new Float64Array(parts.length * owners.length)
  owners.forEach((k, j) => {
    data[k * owners.length + j] = 1
  })
  return f.constant({ shape: [parts.length, owners.length], data })
}
