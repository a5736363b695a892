/** Distributions whose density and score are known exactly, and the toy distributions made of them. */
export { banana } from './banana.ts'
export { type Cholesky, cholesky } from './cholesky.ts'
export { conditionalOf, gaussianGiven, marginalOf, otherColumns } from './conditional.ts'
export type { Curve } from './curve-panels.ts'
export {
  type Density,
  type DensityRule,
  type Description,
  defineDensity,
  describedAs,
  type ExactDensity,
  type Noising,
  noisedOrSampleOnly,
  sampleOnly,
} from './density.ts'
export { exactDenoiser } from './exact-denoiser.ts'
export { type Covariance, gaussian } from './gaussian.ts'
export type { Known } from './known.ts'
export { gaussianMixture, mixture } from './mixture.ts'
export { noisyCircle } from './noisy-circle.ts'
export { noisyCurve } from './noisy-curve.ts'
export { gaussLegendre, type QuadratureRule } from './quadrature.ts'
export type { RowSampler, SampleRange } from './row-sampler.ts'
export {
  digamma,
  erf,
  erfc,
  erfcx,
  halfLogTwoPi,
  logGamma,
  logNormalCdf,
  logSumExp,
  type NormalOverInterval,
  normalCdf,
  normalOverInterval,
  scaledBesselI,
} from './special.ts'
export { studentT } from './student-t.ts'
export { toyByName, toys } from './toys/index.ts'
export type { Toy } from './toys/toy.ts'
export { twistedGaussian } from './twisted-gaussian.ts'
export { type Box, noisyBox, uniformBox } from './uniform-box.ts'
