import { gaussian, halfLogTwoPi } from '../../density/index.ts'

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

/** The log-density of points at the largest noise level, nats. x̄: [n, d] → [n]. */
export interface Prior {
  logDensity(x: Float64Array): Float64Array
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
    return axisAligned(mean, variances)
  }
  const full = new Float64Array(d * d)
  for (let i = 0, at = 0; i < d; i++)
    for (let j = 0; j <= i; j++, at++) {
      full[i * d + j] = covariance[at]! + (i === j ? sigmaMax ** 2 : 0)
      full[j * d + i] = full[i * d + j]!
    }
  return gaussian({ mean, covariance: full })
}

/** N(0, std² I) of d columns. std > 0. */
export function isotropicPrior(d: number, std: number): Prior {
  return axisAligned(new Float64Array(d), new Float64Array(d).fill(std ** 2))
}

/** A Gaussian with independent columns. */
function axisAligned(mean: ArrayLike<number>, variances: ArrayLike<number>): Prior {
  const d = mean.length
  return {
    logDensity: (x) =>
      Float64Array.from({ length: x.length / d }, (_, row) => {
        let log = -d * halfLogTwoPi
        for (let k = 0; k < d; k++)
          log -= 0.5 * ((x[row * d + k]! - mean[k]!) ** 2 / variances[k]! + Math.log(variances[k]!))
        return log
      }),
  }
}
