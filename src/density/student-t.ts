import { affine, cholesky, solveLower, solveUpper } from './cholesky.ts'
import {
  checkedPositive,
  type Description,
  defineDensity,
  type ExactDensity,
  parameterError,
} from './density.ts'
import { digamma, logGamma } from './special.ts'

/**
 * Attempts of the gamma sampler; each is accepted with probability above 0.95, so all fail once in 10²⁰ rows.
 */
const gammaAttempts = 16

/**
 * The multivariate Student t: heavy tails, p(x) ~ |x|^{−ν−d}.  With q = (x−μ)ᵀ S⁻¹ (x−μ):
 * ln p(x) = ln Γ((ν+d)/2) − ln Γ(ν/2) − (d/2) ln νπ − ½ ln det S − ((ν+d)/2) ln(1 + q/ν).
 * location μ: [d]. scale S: [d, d], symmetric positive definite; the covariance is S·ν/(ν−2).
 * degreesOfFreedom ν > 0. The mean exists for ν > 1, the covariance for ν > 2; else they are NaN.
 */
export function studentT(
  options: {
    location: ArrayLike<number>
    scale: ArrayLike<number>
    degreesOfFreedom: number
  } & Partial<Description>,
): ExactDensity {
  const location = Float64Array.from(options.location)
  const dimension = location.length
  if (dimension === 0 || !location.every(Number.isFinite))
    throw parameterError(`the location is [${location}]`, 'It must hold at least one number, all finite.')
  const freedom = checkedPositive('degreesOfFreedom', options.degreesOfFreedom)
  const scale = Float64Array.from(options.scale)
  const factor = cholesky(scale, dimension)
  const exponent = (freedom + dimension) / 2
  const logNormaliser =
    logGamma(freedom / 2) -
    logGamma(exponent) +
    (dimension / 2) * Math.log(freedom * Math.PI) +
    factor.logDeterminant / 2
  const residual = new Float64Array(dimension)
  return defineDensity({
    name: options.name ?? 'student-t',
    summary: options.summary ?? `Student's t with ${freedom} degrees of freedom`,
    source: options.source ?? 'standard',
    dimension,
    evaluate(x, at, score, scoreAt) {
      for (let k = 0; k < dimension; k++) residual[k] = x[at + k]! - location[k]!
      solveLower(factor, residual)
      const squared = residual.reduce((sum, r) => sum + r * r, 0)
      if (score) {
        solveUpper(factor, residual)
        const pull = (2 * exponent) / (freedom + squared)
        for (let k = 0; k < dimension; k++) score[scoreAt + k] = -pull * residual[k]!
      }
      return -exponent * Math.log1p(squared / freedom) - logNormaliser
    },
    sampler: {
      uniforms: gammaAttempts + 1,
      normals: dimension + gammaAttempts,
      place(uniform, normal, out, at) {
        const chiSquared = 2 * gammaOf(freedom / 2, uniform, normal, dimension)
        affine(
          factor,
          location,
          normal.map((z) => z / Math.sqrt(chiSquared / freedom)),
          out,
          at,
        )
      },
    },
    mean: () => (freedom > 1 ? location.slice() : location.map(() => NaN)),
    covariance: () =>
      freedom > 2 ? scale.map((entry) => (entry * freedom) / (freedom - 2)) : scale.map(() => NaN),
    entropy: () => logNormaliser + exponent * (digamma(exponent) - digamma(freedom / 2)),
  })
}

/**
 * A Gamma(shape, 1) variate from given random numbers, by rejection (Marsaglia & Tsang 2000); shape < 1
 * through Gamma(shape + 1)·U^{1/shape}. Uses uniform[0 … gammaAttempts], normal[at … at + gammaAttempts).
 */
function gammaOf(shape: number, uniform: Float64Array, normal: Float64Array, at: number): number {
  if (shape < 1) return gammaOf(shape + 1, uniform, normal, at) * (1 - uniform[gammaAttempts]!) ** (1 / shape)
  const d = shape - 1 / 3
  for (let attempt = 0; attempt < gammaAttempts; attempt++) {
    const z = normal[at + attempt]!
    const v = (1 + z / Math.sqrt(9 * d)) ** 3
    if (v > 0 && Math.log(1 - uniform[attempt]!) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v
  }
  return d // the mode's neighbourhood: reached about once in 10²⁰ rows
}
