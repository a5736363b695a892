import type { Rows } from './rows.ts'
import type { Estimate } from './statistics/estimate.ts'

/** Which way a figure is good: small, large, or near one half. */
export type Better = 'lower' | 'higher' | 'half'

/** Two samples to compare. The reference is of the true distribution; the candidate is what is judged. */
export interface Pair {
  /** [n, d]. */
  readonly reference: Rows
  /** [m, d]. */
  readonly candidate: Rows
  /** Names of the d columns. */
  readonly columns: readonly string[]
  /** Of directions, folds and the groups of the jackknife. */
  readonly seed: number
}

/** One figure of a metric: of all columns together, or of the column that it names. */
export interface Measured extends Estimate {
  readonly column?: string
}

/** A way to compare rows with rows. */
export interface Metric {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly better: Better
  /** What the value can be at all; an interval is cut to it. */
  readonly range: readonly [low: number, high: number]
  /** How the interval comes about, in a few words. */
  readonly interval: string
  /** At most so many rows of each side are compared, so that a figure takes a second at most. */
  readonly mostRows: number
  /** The figures of a pair; none where the metric does not apply, such as correlations of one column. */
  readonly measure: (pair: Pair) => readonly Measured[]
}
