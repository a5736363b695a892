import { type HostArray, type Runtime, ScorefieldError } from '../engine/index.ts'
import type { FittedDenoiser } from '../family/index.ts'
import type { PathWalk } from './brownian-path.ts'
import type { ChainsEvent } from './chains/diagnosis.ts'
import { checkedConditions, conditionRows, type GivenConditions } from './conditions.ts'
import { checkedLevels } from './grids/grid.ts'
import { noiseOf } from './sampler-noise.ts'
import { SamplerProgram, stepPlaces } from './sampler-program.ts'
import { samplers } from './samplers/index.ts'
import type { Sampler, StepPlace } from './samplers/sampler.ts'
import { type Start, startPoints } from './start.ts'

/** Which rows of the endless sample of a seed, and on which grid. */
export interface SampleRequest {
  /** Noise levels σ₀ > σ₁ > …, usually ending in 0: from a time grid, or any that fall. */
  readonly levels: ArrayLike<number>
  /** Where sampling begins, `startOf` a model's range; mean 0 and standard deviation σ₀ unless given. */
  readonly start?: Start | undefined
  readonly seed: number
  /** Index of the first row; 0 unless given. */
  readonly first?: number
  /** How many rows. */
  readonly count: number
  /** What the rows are conditioned on, or one value for all of them; needed where the model takes conditions. */
  readonly conditions?: GivenConditions | undefined
  /** Whether points on their way are told, after each step; the steps then go one a call. Off unless given. */
  readonly tellPoints?: boolean | undefined
  /** Stops the run before it begins and between two calls of the runtime, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What to sample from, and by what. */
export interface SampleOptions extends SampleRequest {
  readonly fitted: FittedDenoiser
  /** Heun's method unless given. */
  readonly sampler?: Sampler
  /** Rows computed at once, rounded up to a multiple of 16; by the model's cost unless given. */
  readonly batchSize?: number
  readonly runtime?: Runtime | undefined
}

/** Rows that are done: [n, d], of the sample indices first … first + n − 1. */
export interface SamplesEvent {
  readonly type: 'samples'
  readonly first: number
  readonly rows: Float32Array
}

/** How far a run is, in steps of batches. */
export interface SamplingProgressEvent {
  readonly type: 'progress'
  readonly done: number
  readonly total: number
}

/** Points on their way, where `tellPoints` asks for them: x̄ at one noise level, [n, d], of the indices first … first + n − 1. */
export interface PointsEvent {
  readonly type: 'points'
  readonly first: number
  /** The noise level that they are at: σ₀ at the start, and where each step ended; 0 at last. */
  readonly sigma: number
  readonly rows: Float32Array
}

/**
 * What sampling tells as it goes: rows that are done, how far the present ones are, how far chains have mixed, and where points
 * are on their way, if that is asked.
 */
export type SampleEvent = SamplesEvent | SamplingProgressEvent | ChainsEvent | PointsEvent

/**
 * Draws rows of a model's distribution, batch after batch, as events.
 *
 * Row i depends on (model, sampler, levels, prior, its conditions, seed, i) and on nothing else: not on which
 * rows are asked for, nor in how many runs.
 * Its noise is that of its own Brownian path; and it is always computed at place i mod B of a batch of B rows, so that
 * not even the rounding of the runtime's kernels differs. Another batch size may change last bits where
 * kernels round by place (a vector's tail).
 *
 * Rows are of data space where the levels end in 0; else they are x̄ = x/α at the last level: data with that
 * much noise.
 * Errors: `sampling/levels`, `sampling/condition`, `sampling/not-finite`, `random/…`; the signal's reason.
 */
export async function* sample(options: SampleOptions): AsyncGenerator<SampleEvent, void, undefined> {
  const { sampler = samplers[0]!, ...rest } = options
  checkedLevels(options.levels)
  options.signal?.throwIfAborted()
  const program = await SamplerProgram.create({ ...rest, sampler })
  try {
    yield* sampleWith(program, options)
  } finally {
    await program.dispose()
  }
}

/** All rows of a run, [count, d]. */
export async function sampleAll(options: SampleOptions): Promise<Float32Array> {
  return collected(sample(options), options, options.fitted.model.dimension)
}

/** `sampleAll` by a program that is compiled already, and stays so. */
export async function sampleAllWith(program: SamplerProgram, request: SampleRequest): Promise<Float32Array> {
  return collected(sampleWith(program, request), request, program.model.dimension)
}

async function collected(
  events: AsyncIterable<SampleEvent>,
  { count, first = 0 }: SampleRequest,
  dimension: number,
): Promise<Float32Array> {
  const rows = new Float32Array(count * dimension)
  for await (const event of events)
    if (event.type === 'samples') rows.set(event.rows, (event.first - first) * dimension)
  return rows
}

/** `sample` by a program that is compiled already, and stays so. */
export async function* sampleWith(
  program: SamplerProgram,
  request: SampleRequest,
): AsyncGenerator<SampleEvent, void, undefined> {
  const { batchSize, model, sampler } = program
  const { first = 0, count, seed, signal, tellPoints = false } = request
  const levels = checkedLevels(request.levels)
  const conditions = checkedConditions(request.conditions, count, model.conditions)
  const { prior, path } = noiseOf(seed)
  const begin = request.start ?? { std: levels[0]! }
  const places = stepPlaces(levels)
  const stepsPerCall = tellPoints ? 1 : program.stepsPerCall
  const lastStep =
    levels[levels.length - 1] === 0 ? { sigma: levels[levels.length - 2]!, next: 0 } : undefined

  const firstBatch = Math.floor(first / batchSize) * batchSize
  const batches = Math.ceil((first + count - firstBatch) / batchSize)
  const progress = {
    type: 'progress',
    done: 0,
    total: batches * (places.length + (lastStep ? 1 : 0)),
  } as const
  let done = 0
  for (let at = firstBatch; at < first + count; at += batchSize) {
    const range = { first: at, count: batchSize, width: model.dimension }
    const wanted = { from: Math.max(first, at) - at, to: Math.min(first + count, at + batchSize) - at }
    const given = conditionRows(conditions, model.conditions, { start: at - first, count: batchSize })
    const own = (points: HostArray): Float32Array =>
      Float32Array.from(points.subarray(wanted.from * model.dimension, wanted.to * model.dimension))
    const told = (sigma: number, points: HostArray): PointsEvent => ({
      type: 'points',
      first: at + wanted.from,
      sigma,
      rows: own(points),
    })
    const walk = sampler.stochastic && places.length > 0 ? path.from(levels[0]!, range) : undefined
    const start = startPoints(prior.normal(range), begin)
    program.begin({ x: start, conditions: given })
    if (tellPoints) yield told(levels[0]!, start)
    for (let step = 0; step < places.length; step += stepsPerCall) {
      signal?.throwIfAborted()
      const now = places.slice(step, step + stepsPerCall)
      const z = walk && stepNoise(walk, now, batchSize * model.dimension)
      const sums = await program.walk(now, z)
      now.forEach((place, k) => {
        requireFinite(sums.subarray(k * batchSize, (k + 1) * batchSize), wanted, at, place)
      })
      done += now.length
      yield { ...progress, done }
      if (tellPoints) yield told(now.at(-1)!.next, await program.points())
    }
    signal?.throwIfAborted()
    let rows = await program.points()
    if (lastStep) {
      rows = await program.finish({ x: rows, conditions: given }, lastStep.sigma)
      done++
    }
    const made = own(rows)
    if (lastStep)
      requireFinite(made, { from: 0, to: made.length }, at + wanted.from, lastStep, model.dimension)
    yield { ...progress, done }
    if (tellPoints && lastStep) yield told(0, rows)
    yield { type: 'samples', first: at + wanted.from, rows: made }
  }
}

/** The noise of steps, [K, B, d], `size` numbers each, along the rows' paths. */
function stepNoise(walk: PathWalk, places: readonly StepPlace[], size: number): Float32Array {
  const noise = new Float32Array(places.length * size)
  places.forEach(({ next }, k) => {
    walk.to(next, noise.subarray(k * size, (k + 1) * size))
  })
  return noise
}

/**
 * Throws `sampling/not-finite` where a wanted row has a value that is not; `values`: [B, width], B rows from
 * index `first`.
 */
function requireFinite(
  values: HostArray,
  rows: { readonly from: number; readonly to: number },
  first: number,
  { sigma, next }: { readonly sigma: number; readonly next: number },
  width = 1,
): void {
  const bad = values.findIndex((value, i) => i >= rows.from && i < rows.to && !Number.isFinite(value))
  if (bad < 0) return
  const level = (value: number): string => Number(value.toPrecision(4)).toString()
  throw new ScorefieldError({
    kind: 'ability',
    code: 'sampling/not-finite',
    message: `Sample ${first + Math.floor(bad / width)} is not finite after the step from noise level ${level(sigma)} to ${level(next)}.`,
    where: `σ = ${level(sigma)}`,
    hint: 'The model gives no finite value there: it may be untrained at this noise level, or its training diverged.',
  })
}
