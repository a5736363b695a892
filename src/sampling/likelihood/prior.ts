import { type Density, gaussian, halfLogTwoPi } from '../../density/index.ts'

/** Mean and covariance of the rows that a model learned from, in its coordinates. */
export interface DataMoments {
  /** [d] */
  readonly mean: readonly number[]
  /**
   * The lower triangle row by row, d (d + 1)/2 numbers; of more than 64 columns the variances alone, d numbers: what is left out
   * costs less than d/4 (λ/σ_max²)² nats, λ the largest eigenvalue, and σ_max² grows with the columns, too.
   */
  readonly covariance: readonly number[]
}

/** What is known of a density at the largest noise level: its log, nats. x̄: [n, d] → [n]. */
export type Prior = Pick<Density, 'logDensity'>

/** ln of a row's density at the largest noise level, nats. x̄: [d]. */
export type PriorLog = (x: Float64Array, row: number) => number

/** The moments of data of which only the deviation is known: mean 0 and covariance variance · I. variance ≥ 0. */
export function isotropicMoments(d: number, variance: number): DataMoments {
  return { mean: new Array<number>(d).fill(0), covariance: new Array<number>(d).fill(variance) }
}

/**
 * The density of x̄ at σ_max as a Gaussian with the data's own moments: N(mean, Cov + σ_max² I).
 *
 * It has the first two moments of the noised data, so that what it misses is of third order in σ_d/σ_max. The isotropic
 * N(0, s² I) misses the mean's square and the covariance, by 0.02 nats and more that no tolerance of a solver removes.
 * sigmaMax > 0.
 */
export function gaussianPrior({ mean, covariance }: DataMoments, sigmaMax: number): Prior {
  const d = mean.length
  if (covariance.length === d) {
    const variances = covariance.map((variance) => variance + sigmaMax ** 2)
    return { logDensity: (x) => axisAlignedLog(x, mean, variances) }
  }
  const full = fullCovariance({ mean, covariance })
  for (let i = 0; i < d; i++) full[i * d + i]! += sigmaMax ** 2
  return gaussian({ mean, covariance: full })
}

/** The covariance of moments as a matrix, [d, d]; diagonal where the variances alone are known. */
export function fullCovariance({ mean, covariance }: DataMoments): Float64Array {
  const d = mean.length
  const full = new Float64Array(d * d)
  if (covariance.length === d) {
    for (let i = 0; i < d; i++) full[i * d + i] = covariance[i]!
    return full
  }
  for (let i = 0, at = 0; i < d; i++)
    for (let j = 0; j <= i; j++, at++) {
      full[i * d + j] = covariance[at]!
      full[j * d + i] = covariance[at]!
    }
  return full
}

/** The moments of some columns, in this order. */
export function momentsOfColumns({ mean, covariance }: DataMoments, columns: readonly number[]): DataMoments {
  const d = mean.length
  const entry = (i: number, j: number): number =>
    covariance[(Math.max(i, j) * (Math.max(i, j) + 1)) / 2 + Math.min(i, j)]!
  return {
    mean: columns.map((column) => mean[column]!),
    covariance:
      covariance.length === d
        ? columns.map((column) => covariance[column]!)
        : columns.flatMap((i, k) => columns.slice(0, k + 1).map((j) => entry(i, j))),
  }
}

/** The mean variance of a column. */
export function meanVariance({ mean, covariance }: DataMoments): number {
  const d = mean.length
  // The diagonal ends each row of the triangle.
  const onDiagonal = (k: number): number => (covariance.length === d ? k : (k * (k + 3)) / 2)
  return mean.reduce((sum, _, k) => sum + covariance[onDiagonal(k)]! / d, 0)
}

/** ln p of a Gaussian with independent columns, [n]. */
function axisAlignedLog(
  x: Float64Array,
  mean: ArrayLike<number>,
  variances: ArrayLike<number>,
): Float64Array {
  const d = mean.length
  return Float64Array.from({ length: x.length / d }, (_, row) => {
    let log = -d * halfLogTwoPi
    for (let k = 0; k < d; k++)
      log -= 0.5 * ((x[row * d + k]! - mean[k]!) ** 2 / variances[k]! + Math.log(variances[k]!))
    return log
  })
}
