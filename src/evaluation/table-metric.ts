import type { Table } from '../data/index.ts'
import type { Measured, Metric } from './metric.ts'

/** Two tables to compare. The reference is real; the candidate is what is judged. */
export interface TablePair {
  readonly reference: Table
  readonly candidate: Table
  /** The columns that are compared; both tables have them. */
  readonly names: readonly string[]
  /** Of folds and of the groups of the jackknife. */
  readonly seed: number
}

/** A way to compare tables of numbers and words, gaps included. */
export interface TableMetric extends Omit<Metric, 'mostRows' | 'measure'> {
  /** At most so many rows of each side are compared. */
  readonly mostRows: number
  /**
   * A figure of half as many rows, times this, is about that of all: 1/√2 where a figure falls with the root of the rows.
   * It makes a floor of two halves of the real rows comparable with a figure of them all.
   */
  readonly ofHalf: number
  /** The figures of a pair; none where the metric does not apply, such as trends of one column. */
  readonly measure: (pair: TablePair) => readonly Measured[]
}
