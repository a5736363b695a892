import { symmetricEigen } from '../../sampling/index.ts'
import type { Metric } from '../metric.ts'
import type { Rows } from '../rows.ts'
import { jackknifeInterval, jackknifeOverRows } from '../statistics/jackknife.ts'
import { type Moments, momentsOf } from '../statistics/moments.ts'

/**
 * The squared Fréchet distance of the normal distributions with the samples' means and covariances,
 * ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2 (C₁^½ C₂ C₁^½)^½): the squared 2-Wasserstein distance of these normals.
 * Dowson & Landau 1982; of features of pictures Heusel et al. 2017, whose FID is that of one certain network and of no other.
 *
 * It is biased upwards at few rows, about as much for equal distributions: that is what the floor shows.
 */
export const frechetDistance: Metric = {
  name: 'frechet-distance',
  summary: 'squared distance of the normal distributions with the same means and covariances',
  source: 'Dowson & Landau 1982; Heusel et al. 2017',
  better: 'lower',
  range: [0, Infinity],
  interval: jackknifeInterval,
  mostRows: 10_000,
  measure: (pair) =>
    jackknifeOverRows(pair, frechetDistance.range, (reference, candidate) => [
      frechetOfRows(reference, candidate),
    ]),
}

function frechetOfRows(reference: Rows, candidate: Rows): number {
  return frechetOfMoments(momentsOf(reference), momentsOf(candidate))
}

/** The same of two normal distributions; never below 0 by rounding. */
export function frechetOfMoments(a: Moments, b: Moments): number {
  const means = a.mean.reduce((sum, mean, k) => sum + (mean - b.mean[k]!) ** 2, 0)
  const trace = (matrix: Moments['covariance']): number => matrix.reduce((sum, row, k) => sum + row[k]!, 0)
  const root = squareRoot(a.covariance)
  const { values } = symmetricEigen(product(product(root, b.covariance), root))
  const roots = values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0)
  return Math.max(0, means + trace(a.covariance) + trace(b.covariance) - 2 * roots)
}

/** The symmetric square root U diag(√λ) Uᵀ of a positive semidefinite matrix. */
function squareRoot(matrix: Moments['covariance']): number[][] {
  const { values, vectors } = symmetricEigen(matrix)
  const roots = values.map((value) => Math.sqrt(Math.max(0, value)))
  return matrix.map((_, i) =>
    matrix.map((_, j) => roots.reduce((sum, root, k) => sum + root * vectors[i]![k]! * vectors[j]![k]!, 0)),
  )
}

function product(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] {
  return a.map((row) => row.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)))
}
