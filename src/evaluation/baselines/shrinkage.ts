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
  let variance = 0
  let squares = 0
  for (let a = 0; a < dimension; a++)
    for (let b = 0; b < a; b++) {
      const mean = matrix[a * dimension + b]!
      let scatter = 0
      for (let at = 0; at < values.length; at += dimension)
        scatter += (values[at + a]! * values[at + b]! - mean) ** 2
      variance += (count / (count - 1) ** 3) * scatter
      squares += mean * mean
    }
  const best = squares > 0 ? variance / squares : 1
  const intensity = Math.min(1, Math.max(leastIntensity, best))
  const shrunk = matrix.map((entry, k) => (k % (dimension + 1) === 0 ? 1 : (1 - intensity) * entry))
  return { matrix: shrunk, intensity }
}
