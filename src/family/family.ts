import type { Shape } from '../engine/index.ts'
import type { Ability, Model, ModelSize } from './model.ts'
import type { RowPart } from './row-part.ts'

/** What a family is told of the points that it shall model. */
export interface FamilyFacts {
  /** Shape of one point. */
  readonly event: Shape
  /** What the numbers of a row stand for, for families that can use it; the rows are vectors [d]. */
  readonly parts: readonly RowPart[]
  /** σ_d > 0, the standard deviation of the points' coordinates. */
  readonly sigmaData: number
  /** Name in `networks`, for families that take a free network. */
  readonly network: string
  readonly size: ModelSize
}

/** What sizes are chosen from. */
export interface SizeFacts {
  /** d, how many numbers a point has. */
  readonly dimension: number
  /** Distinct training points; Infinity for a known density. */
  readonly rows: number
  /** Name in `networks`. */
  readonly network: string
}

/**
 * A way to model a distribution: a record in a file of its own.
 *
 * Sizes have names; `defaultSize` gives all of them, so that a configuration can hold and check them.
 */
export interface Family {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** What its models can compute, derived abilities included; a test holds `build` to it. */
  readonly can: readonly Ability[]
  readonly levels: Model['levels']
  /** Name of the objective that it is trained by unless told. */
  readonly objective: string
  readonly defaultSize: (facts: SizeFacts) => ModelSize
  readonly build: (facts: FamilyFacts) => Model
}
