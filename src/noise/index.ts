/** Noise processes: how data become noise, x_t = α(t) x₀ + σ(t) z, and the time and levels of that. */
export { type Algebra, type Coefficient, hostAlgebra } from './algebra.ts'
export { cosine } from './cosine.ts'
export { edm } from './edm.ts'
export { type EdmPreconditioning, edmPreconditioning } from './edm-preconditioning.ts'
export type { NoiseParameters, NoiseProcess } from './noise-process.ts'
export {
  type AnyPrediction,
  convertPrediction,
  type NoisedPoint,
  type NoiseState,
  noiseStateAt,
  type Prediction,
  type PredictionKind,
  prediction,
  predictionKinds,
} from './prediction.ts'
export { rectifiedFlow } from './rectified-flow.ts'
export { noiseProcessByName, noiseProcesses } from './registry.ts'
export { subVariancePreserving } from './sub-variance-preserving.ts'
export { varianceExploding } from './variance-exploding.ts'
export { variancePreserving } from './variance-preserving.ts'
