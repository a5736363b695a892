import { type Rows, scaled, scalingOf } from '../rows.ts'

/**
 * Pearson's correlations of all columns, [d, d]; a column that does not vary has correlation 0 with all others and 1 with
 * itself.
 */
export function correlations(rows: Rows): Float64Array {
  const { dimension, count } = rows
  const { values } = scaled(rows, scalingOf(rows))
  const matrix = new Float64Array(dimension * dimension)
  for (let row = 0; row < count; row++)
    for (let a = 0; a < dimension; a++)
      for (let b = 0; b < a; b++)
        matrix[a * dimension + b]! += values[row * dimension + a]! * values[row * dimension + b]!
  for (let a = 0; a < dimension; a++) {
    for (let b = 0; b < a; b++) {
      matrix[a * dimension + b]! /= count
      matrix[b * dimension + a] = matrix[a * dimension + b]!
    }
    matrix[a * dimension + a] = 1
  }
  return matrix
}

/** Mean and covariance of rows of numbers. */
export interface Moments {
  /** [d]. */
  readonly mean: readonly number[]
  /** With divisor n − 1, [d][d]. */
  readonly covariance: readonly (readonly number[])[]
}

/** Mean and covariance of at least two rows. */
export function momentsOf({ values, count, dimension }: Rows): Moments {
  const mean = new Float64Array(dimension)
  for (let k = 0; k < values.length; k++) mean[k % dimension]! += values[k]! / count
  const sums = new Float64Array(dimension * dimension)
  const row = new Float64Array(dimension)
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < dimension; a++) row[a] = values[i * dimension + a]! - mean[a]!
    for (let a = 0; a < dimension; a++)
      for (let b = 0; b <= a; b++) sums[a * dimension + b]! += row[a]! * row[b]!
  }
  const at = (a: number, b: number): number =>
    sums[Math.max(a, b) * dimension + Math.min(a, b)]! / (count - 1)
  return {
    mean: [...mean],
    covariance: Array.from(mean, (_, a) => Array.from(mean, (_, b) => at(a, b))),
  }
}
