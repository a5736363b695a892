import type { Named, Runtime } from '../../engine/index.ts'
import type { Ability, Model } from '../../family/index.ts'
import type { GivenConditions } from '../conditions.ts'
import type { SampleEvent } from '../sample.ts'
import type { SamplerSettings } from '../settings.ts'
import type { ModelRange } from '../start.ts'

/** A model with the values of its parameters, and the scales that it was trained for. */
export interface TrainedModel {
  /** Derived abilities included. */
  readonly model: Model
  readonly values: Named<ArrayLike<number>>
  readonly range: ModelRange
}

/** How points shall be drawn. */
export interface MethodOptions {
  readonly trained: TrainedModel
  /** Steps from noise to data; each method says how many it takes unless told. */
  readonly steps?: number | undefined
  /** Name in `timeGrids`, for methods that walk down noise levels. */
  readonly grid?: string | undefined
  /** Numbers of the grid's `settings`, those that differ from what they are unless told. */
  readonly gridOptions?: Readonly<Record<string, number>> | undefined
  /** Numbers of the method's `settings`, those that differ from what they are unless told. */
  readonly samplerOptions?: Readonly<Record<string, number>> | undefined
  readonly runtime?: Runtime | undefined
}

/** Which points of the endless sample of a seed. */
export interface DrawRequest {
  readonly seed: number
  /** Index of the first point; 0 unless given. */
  readonly first?: number | undefined
  readonly count: number
  /** What the points are conditioned on, or one value for all of them; needed where the model takes conditions. */
  readonly conditions?: GivenConditions | undefined
  /** Whether points on their way are told, by methods that walk down noise levels. Off unless given. */
  readonly tellPoints?: boolean | undefined
  /** Stops the drawing before it begins and between two calls of the runtime, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** A method, compiled for a model. Point i depends on (model, method, seed, i, its conditions) only. */
export interface PointSampler {
  /** d, how many numbers a point has. */
  readonly dimension: number
  /** Seconds spent inside the runtime so far. */
  readonly secondsInside: number
  /** Evaluations of the network a point so far, in the mean, of a method that chooses how many it takes. */
  readonly evaluationsPerPoint?: number
  readonly draw: (request: DrawRequest) => AsyncGenerator<SampleEvent, void, undefined>
  readonly dispose: () => Promise<void>
}

/** A way to draw points: a record, found by its name. */
export interface SamplingMethod {
  readonly name: string
  /** Names that others give it; it is found by them, too. */
  readonly also?: readonly string[]
  readonly summary: string
  readonly source: string
  /** What a model must be able to compute. */
  readonly needs: readonly Ability[]
  /** For models of each noise level, of one, or of both kinds. */
  readonly levels: Model['levels'] | 'both'
  /** Steps unless told; 1 where there are none to choose. */
  readonly steps: number
  /** Numbers that a person may set. */
  readonly settings: SamplerSettings
  readonly open: (options: MethodOptions) => Promise<PointSampler>
}

/** All points of a request, [count, d]. */
export async function drawAll(sampler: PointSampler, request: DrawRequest): Promise<Float32Array> {
  const { first = 0, count } = request
  const points = new Float32Array(count * sampler.dimension)
  for await (const event of sampler.draw(request))
    if (event.type === 'samples') points.set(event.rows, (event.first - first) * sampler.dimension)
  return points
}
