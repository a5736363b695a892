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
