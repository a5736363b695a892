import { type Rows, scaled, scalingOf } from '../rows.ts'
import { correlations } from '../statistics/moments.ts'

/** A correlation matrix drawn towards the identity: R* = (1 − λ)R + λI. */
export interface ShrunkCorrelations {
  /** [d, d], positive definite. */
  readonly matrix: Float64Array
  /** λ in [0, 1]. */
  readonly intensity: number
}

/** λ is at least this, so that columns that are copies of each other still have a density. */
const leastIntensity = 1e-6

/**
 * Correlations with the shrinkage that minimises the expected squared error: λ = Σ_{a≠b} Var(r_ab) / Σ_{a≠b} r_ab².
 * Schäfer & Strimmer 2005. Var(r_ab) = n/(n−1)³ Σ_i (w_i − w̄)², w_i = z_ia·z_ib of the standardised columns.
 * rows: [n, d], n ≥ 2.
 */
export function shrunkCorrelations(rows: Rows): ShrunkCorrelations {
  const { count, dimension } = rows
  const matrix = correlations(rows)
  const { values } = scaled(rows, scalingOf(rows))
  // Σ_{a≠b} Σ_i (w_i − r)² = Σ_i ((Σ_a z²)² − Σ_a z⁴) − Σ_{a≠b} (2 r Σ_i w_i − n r²), and Σ_i w_i is r times the sum of squares of a column.
  let [fourth, columnSquares] = [0, 0]
  for (let at = 0; at < values.length; at += dimension) {
    let [second, own] = [0, 0]
    for (let k = 0; k < dimension; k++) {
      const square = values[at + k]! ** 2
      second += square
      own += square * square
    }
    fourth += second * second - own
    columnSquares += second
  }
  let [squares, varying] = [0, 0]
  for (let a = 0; a < dimension; a++) {
    for (let b = 0; b < a; b++) squares += 2 * matrix[a * dimension + b]! ** 2
    if (columnVaries(values, dimension, a)) varying++
  }
  const ofColumn = varying > 0 ? columnSquares / varying : 0
  const scatter = Math.max(0, fourth - (2 * ofColumn - count) * squares)
  const variance = (count / (count - 1) ** 3) * scatter
  const best = squares > 0 ? variance / squares : 1
  const intensity = Math.min(1, Math.max(leastIntensity, best))
  const shrunk = matrix.map((entry, k) => (k % (dimension + 1) === 0 ? 1 : (1 - intensity) * entry))
  return { matrix: shrunk, intensity }
}

function columnVaries(values: Float64Array, dimension: number, column: number): boolean {
  for (let at = column; at < values.length; at += dimension) if (values[at] !== 0) return true
  return false
}
