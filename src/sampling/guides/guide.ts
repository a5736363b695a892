import { type Named, type Runtime, ScorefieldError, type Shape } from '../../engine/index.ts'
import type { FittedDenoiser } from '../../family/index.ts'
import type { DrawRequest, PointSampler } from '../methods/method.ts'
import type { SamplerSettings } from '../settings.ts'
import type { ModelRange } from '../start.ts'
import type { Operator } from './operator.ts'

/** A denoiser, and what is observed of the points that it shall draw. */
export interface GuideOptions {
  readonly fitted: FittedDenoiser
  readonly range: ModelRange
  readonly operator: Operator
  /** s ≥ 0, the standard deviation of the observation's noise; 0 unless given. */
  readonly noise?: number | undefined
  /** Steps from noise to data; 25 unless given. */
  readonly steps?: number | undefined
  /** Name in `timeGrids`; `karras` unless given. */
  readonly grid?: string | undefined
  /** Numbers of the guide's `settings`, those that differ from what they are unless told. */
  readonly guideOptions?: Readonly<Record<string, number>> | undefined
  /** How many rows beside each other, counted from row 0, have one and the same observation; not known unless given. */
  readonly alike?: number | undefined
  /** Rows computed at once, rounded up to a multiple of 16; by the model's cost unless given. */
  readonly batchSize?: number | undefined
  readonly runtime?: Runtime | undefined
}

/** Which points are drawn, and what is observed of each. */
export interface GuidedRequest extends DrawRequest {
  /** y, [count, m], or one for all, [m]. */
  readonly observed: ArrayLike<number>
  /** What each row's operator depends on, [count, …shape] each, or one for all. */
  readonly given?: Named<ArrayLike<number>> | undefined
}

/** A guide, compiled for a denoiser and an operator. Point i depends on (model, guide, seed, i, its observation) only. */
export interface GuidedSampler extends Omit<PointSampler, 'draw'> {
  /** Times that the network is asked for one point; a derivative counts as one more. */
  readonly evaluations: number
  readonly draw: (request: GuidedRequest) => ReturnType<PointSampler['draw']>
}

/**
 * A way to draw x₀ given y = A(x₀) + s z from a denoiser that knows nothing of y: a record, found by its name.
 *
 * All of them need p(y | x), x = x₀ + σz, which is not known; they differ in what they take for it.
 */
export interface Guide {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Numbers that a person may set. */
  readonly settings: SamplerSettings
  /** Throws `sampling/operator` where the operator does not fit the denoiser. */
  readonly open: (options: GuideOptions) => Promise<GuidedSampler>
}

/** What a guided denoiser is conditioned on besides what the model is: y, and what the operator depends on. */
const prefix = 'guide.'
const observedName = `${prefix}observed`

/** Shapes of a guided denoiser's conditions: those of the model, y, and those of the operator. */
export function guidedShapes(own: Named<Shape> | undefined, operator: Operator): Named<Shape> {
  const given = Object.entries(operator.given).map(([name, shape]) => [prefix + name, shape])
  return { ...own, [observedName]: [operator.width], ...Object.fromEntries(given) }
}

/** A guided denoiser's conditions, by what they are. */
export function guidedConditions<T>(
  all: Named<T> = {},
  own: Named<Shape> | undefined,
): { readonly observed: T; readonly given: Named<T>; readonly conditions: Named<T> | undefined } {
  const given: Record<string, T> = {}
  const conditions: Record<string, T> = {}
  for (const [name, value] of Object.entries(all)) {
    if (!name.startsWith(prefix)) conditions[name] = value
    else if (name !== observedName) given[name.slice(prefix.length)] = value
  }
  return { observed: all[observedName]!, given, conditions: own && conditions }
}

/** The request of a guided denoiser's sampler. */
export function asConditions({ observed, given = {}, ...request }: GuidedRequest): DrawRequest {
  const named = Object.entries(given).map(([name, value]) => [prefix + name, value])
  return {
    ...request,
    conditions: { ...request.conditions, [observedName]: observed, ...Object.fromEntries(named) },
  }
}

/** Throws `sampling/operator` unless the operator is one of this denoiser's points, and the noise is one. */
export function requireOperator({ fitted, operator, noise = 0 }: GuideOptions): void {
  const { dimension } = fitted.model
  const wrong = (message: string, hint: string): ScorefieldError =>
    new ScorefieldError({ kind: 'usage', code: 'sampling/operator', message, hint })
  if (operator.dimension !== dimension)
    throw wrong(
      `The operator "${operator.name}" takes points of ${operator.dimension} coordinates; the model’s have ${dimension}.`,
      `Make it for ${dimension} coordinates.`,
    )
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw wrong(`The noise of an observation is ${noise}.`, 'Give a standard deviation, 0 or more.')
}
