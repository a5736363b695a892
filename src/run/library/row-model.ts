import type { Shape } from '../../engine/index.ts'
import type { LikelihoodAsked, LogDensities } from '../../sampling/index.ts'
import { type ConditionValues, encodeConditions } from '../data/condition-encoding.ts'
import { type GivenNumbers, type Numbers, pointsOf } from '../data/given-numbers.ts'
import { coordinates, type Vectors } from '../data/vectors.ts'
import { checkedDraw, type DrawRows } from './draw-options.ts'
import { LearnedModel, type LearnedParts } from './learned-model.ts'

/** Conditions of the rows asked for: an entry for each row, or one for all. */
export type AskedConditions = Readonly<Record<string, ConditionValues | number | string>>

/** What is asked with rows. */
export interface RowsAsked {
  /** What the rows are conditioned on; of a model that was trained so. */
  readonly conditions?: AskedConditions | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * A model of rows of numbers, as `fit` gives it: it draws rows, and gives scores and log-densities, in the units of the data.
 *
 * Wherever rows are taken, they may be a flat list [n · d], arrays of numbers, or objects by the names of the columns.
 * Noise levels σ are in the model's coordinates: where columns were scaled, a σ of 1 is one standard deviation of each column.
 */
export class RowModel extends LearnedModel {
  /** Its columns, how they are scaled, and what rows are conditioned on. */
  readonly vectors: Vectors

  constructor(parts: LearnedParts & { readonly vectors: Vectors }) {
    super(parts)
    this.vectors = parts.vectors
  }

  /** d, the columns of a row. */
  get dimension(): number {
    return this.columns.length
  }

  /** Shape of a point, [d] of a row. */
  get shape(): Shape {
    return this.encoding.event
  }

  /** Names of the columns. */
  get columns(): readonly string[] {
    return this.vectors.columns
  }

  /**
   * New rows, [count, d], row by row. Row i is a function of (seed, i, its conditions) only.
   * @throws ScorefieldError `usage/options`, `usage/unknown-name`, `data/conditions`, `family/cannot`.
   */
  async sample(
    options: DrawRows & { readonly conditions?: AskedConditions | undefined },
  ): Promise<Float32Array> {
    this.requireAlive()
    const { conditions, ...draw } = checkedDraw(options, this.config.sampling, ['conditions'])
    const given = encodeConditions(this.vectors.conditions, conditions as AskedConditions, draw.count)
    const points = await this.fitted.sample({ ...draw, conditions: given })
    return this.unscaled(points)
  }

  /**
   * ∇ log p of each row, [n, d]: of a model of each noise level at level σ, σ_min unless given; else of its one level.
   */
  async score(
    x: GivenNumbers | ArrayLike<number>,
    options: RowsAsked & { readonly sigma?: number } = {},
  ): Promise<Float64Array> {
    const { points, asked } = this.asked(x, options)
    const score = await this.fitted.score(points, { ...options, ...asked })
    const scale = this.vectors.scaling?.scale
    return scale ? score.map((value, i) => value / scale[i % scale.length]!) : score
  }

  /** D(x; σ) of each row, [n, d]: the mean of the clean rows that a noisy one could have come from. */
  async denoise(
    x: GivenNumbers | ArrayLike<number>,
    sigma: number,
    options: RowsAsked = {},
  ): Promise<Float32Array> {
    const { points, asked } = this.asked(x, options)
    return this.unscaled(await this.fitted.denoise(points, sigma, asked))
  }

  /**
   * log p of each row, [n], nats, in the units of the data, with what is known of its error; `by` one of `likelihoodMethods`, the best that
   * the family has unless given.
   */
  async logDensity(
    x: GivenNumbers | ArrayLike<number>,
    options: RowsAsked & Omit<LikelihoodAsked, 'conditions'> & { readonly by?: string | undefined } = {},
  ): Promise<LogDensities> {
    const { numbers, points, asked } = this.asked(x, options)
    const found = await this.fitted.logDensity(points, { ...options, ...asked })
    const change = this.encoding.logDeterminant(points, numbers.count)
    return { ...found, logDensity: found.logDensity.map((value, row) => value + change[row]!) }
  }

  /** From the model's coordinates to the units of the data. */
  private unscaled(points: Float32Array): Float32Array {
    const { scaling } = this.vectors
    if (!scaling) return points
    const { shift, scale } = scaling
    return points.map((value, i) => value * scale[i % scale.length]! + shift[i % shift.length]!)
  }

  private asked(
    x: GivenNumbers | ArrayLike<number>,
    { conditions, signal }: RowsAsked,
  ): {
    readonly numbers: Numbers
    readonly points: Float32Array
    readonly asked: {
      readonly conditions: ReturnType<typeof encodeConditions>
      readonly signal: AbortSignal | undefined
    }
  } {
    this.requireAlive()
    const numbers = pointsOf(x, this.columns)
    const given = encodeConditions(this.vectors.conditions, conditions, numbers.count)
    return {
      numbers,
      points: coordinates(numbers, this.vectors.scaling),
      asked: { conditions: given, signal },
    }
  }
}
