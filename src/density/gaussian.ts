import { affine, cholesky, solveLower, solveUpper } from './cholesky.ts'
import { gaussianGiven, requireColumns } from './conditional.ts'
import {
  checkedNoising,
  type Description,
  defineDensity,
  type ExactDensity,
  noisedName,
  parameterError,
} from './density.ts'
import { halfLogTwoPi } from './special.ts'

/** A covariance: [d, d] row-wise, or one number v > 0 for v·I. */
export type Covariance = ArrayLike<number> | number

/**
 * The Gaussian N(mean, covariance).
 * ln p(x) = −½ (x−μ)ᵀ C⁻¹ (x−μ) − ½ ln det C − (d/2) ln 2π.
 * mean: [d]. covariance: [d, d], symmetric positive definite, or a variance. Noised: N(alpha·μ, alpha²C +
 * std²I).
 */
export function gaussian(
  options: { mean: ArrayLike<number>; covariance: Covariance } & Partial<Description>,
): ExactDensity {
  const mean = Float64Array.from(options.mean)
  const dimension = mean.length
  if (dimension === 0 || !mean.every(Number.isFinite))
    throw parameterError(`the mean is [${mean}]`, 'It must hold at least one number, all finite.')
  const covariance = fullCovariance(options.covariance, dimension)
  const factor = cholesky(covariance, dimension)
  const logNormaliser = dimension * halfLogTwoPi + 0.5 * factor.logDeterminant
  const residual = new Float64Array(dimension)
  const { name = 'gaussian', summary = 'a Gaussian', source = 'standard' } = options

  return defineDensity({
    name,
    summary,
    source,
    dimension,
    evaluate(x, at, score, scoreAt) {
      for (let k = 0; k < dimension; k++) residual[k] = x[at + k]! - mean[k]!
      solveLower(factor, residual)
      const logDensity = -0.5 * residual.reduce((sum, r) => sum + r * r, 0) - logNormaliser
      if (score) {
        solveUpper(factor, residual)
        for (let k = 0; k < dimension; k++) score[scoreAt + k] = -residual[k]!
      }
      return logDensity
    },
    sampler: {
      uniforms: 0,
      normals: dimension,
      place: (_, normal, out, at) => affine(factor, mean, normal, out, at),
    },
    noised(noising) {
      const { alpha, std } = checkedNoising(noising)
      const noisedCovariance = covariance.map((entry) => alpha * alpha * entry)
      for (let k = 0; k < dimension; k++) noisedCovariance[k * dimension + k]! += std * std
      return gaussian({
        name: noisedName(name, noising),
        summary,
        source,
        mean: mean.map((m) => alpha * m),
        covariance: noisedCovariance,
      })
    },
    marginal(columns) {
      requireColumns(columns, dimension)
      return gaussian({
        ...{ name: `${name} [${columns}]`, summary, source },
        mean: columns.map((column) => mean[column]!),
        covariance: columns.flatMap((i) => columns.map((j) => covariance[i * dimension + j]!)),
      })
    },
    conditional: (given) =>
      gaussian({
        ...gaussianGiven({ mean, covariance }, given),
        ...{ name: `${name} given [${given.columns}]`, summary, source },
      }),
    mean: () => mean.slice(),
    covariance: () => covariance.slice(),
    entropy: () => logNormaliser + dimension / 2,
  })
}

/** The covariance as a matrix, [d, d] row-wise. */
function fullCovariance(covariance: Covariance, dimension: number): Float64Array {
  if (typeof covariance !== 'number') return Float64Array.from(covariance)
  const full = new Float64Array(dimension * dimension)
  for (let k = 0; k < dimension; k++) full[k * dimension + k] = covariance
  return full
}
