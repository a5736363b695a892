/**
 * From noise to data, and the likelihood of data: time grids, samplers, the probability flow.
 *
 * Everything here works in the coordinate x̄ = x/α(t), whose noise level is σ = std(t)/α(t). There every
 * noise process reads x̄ = x₀ + σ z, the probability-flow ODE is dx̄/dσ = (x̄ − D(x̄; σ))/σ, and the reverse
 * diffusion adds noise of variance σ_t² − σ_s² between two levels. A process only says where to begin and how
 * its time runs: `samplingRange(process)`.
 */
export { adaptiveSde } from './adaptive/adaptive-sde.ts'
export { rk45 } from './adaptive/rk45.ts'
export { suggestedBatchSize } from './batch-size.ts'
export { BrownianPath, type PathWalk } from './brownian-path.ts'
export { annealedLangevin } from './chains/annealed-langevin.ts'
export type { ChainMethod } from './chains/define-chain.ts'
export type { ChainDiagnosis, ChainsEvent } from './chains/diagnosis.ts'
export type { ChainDraws } from './chains/draws.ts'
export { bulkEffectiveSize } from './chains/effective-sample-size.ts'
export { hmc } from './chains/hmc.ts'
export { langevin } from './chains/langevin.ts'
export { mala } from './chains/mala.ts'
export { rHat } from './chains/r-hat.ts'
export {
  checkedConditions,
  conditionRows,
  type GivenConditions,
  type UsualConditions,
} from './conditions.ts'
export { checkedLevels, type LevelRange, type NoiseClock, type TimeGrid } from './grids/grid.ts'
export { timeGridByName, timeGrids } from './grids/index.ts'
export { karras } from './grids/karras.ts'
export { logSnr } from './grids/log-snr.ts'
export { type SamplingRange, samplingRange } from './grids/range.ts'
export { uniform } from './grids/uniform.ts'
export {
  autoguidance,
  classifierFree,
  classifierGuidance,
  type Guidance,
  guidedByConditions,
  type TracedGuidance,
} from './guidance/index.ts'
export {
  type DenoiserGuide,
  differentiableMap,
  dps,
  eventMap,
  fromNoiseLevel,
  type Guide,
  type GuidedRequest,
  type GuidedSampler,
  type GuideOptions,
  guides,
  knownCoordinates,
  linearMap,
  type Operator,
  pictureBlur,
  pictureShrink,
  pigdm,
  repaint,
  replacement,
  type SolveWeights,
  separableMap,
  tmpd,
  twistedParticles,
  unchanged,
} from './guides/index.ts'
export { type SymmetricEigen, symmetricEigen } from './guides/symmetric-eigen.ts'
export {
  type AnnealedOptions,
  annealedLogPartition,
  type LogPartition,
} from './likelihood/annealed-importance.ts'
export { ownLogDensity } from './likelihood/direct.ts'
export {
  type FlowMethod,
  type LogDensities,
  type LogDensityOptions,
  logDensity,
  type TraceMethod,
} from './likelihood/log-density.ts'
export {
  type LikelihoodAsked,
  type LikelihoodKind,
  type LikelihoodMethod,
  type LikelihoodModel,
  likelihoodFor,
  likelihoodKind,
  likelihoodMethods,
  usualLikelihood,
} from './likelihood/methods/index.ts'
export {
  type DataMoments,
  fullCovariance,
  gaussianPrior,
  isotropicMoments,
  momentsOfColumns,
  type Prior,
} from './likelihood/prior.ts'
export {
  boundRepetitions,
  type VariationalBoundOptions,
  variationalBound,
} from './likelihood/variational-bound.ts'
export {
  canBeSampledBy,
  type DrawRequest,
  drawAll,
  type MethodOptions,
  methodFor,
  type PointSampler,
  type SamplingMethod,
  samplingMethods,
  type TrainedModel,
  usualMethod,
} from './methods/index.ts'
export {
  type PointsOnDemand,
  type RowFunction,
  RowProgram,
  type RowRange,
  type RowsAsked,
} from './row-program.ts'
export {
  type PointsEvent,
  type SampleEvent,
  type SampleOptions,
  type SampleRequest,
  type SamplesEvent,
  type SamplingProgressEvent,
  sample,
  sampleAll,
  sampleAllWith,
  sampleWith,
} from './sample.ts'
export { samplerNoise } from './sampler-noise.ts'
export { evaluationsOf, SamplerProgram, stepPlaces, stepSpec } from './sampler-program.ts'
export { ancestral } from './samplers/ancestral.ts'
export { ddim } from './samplers/ddim.ts'
export { dpmSolver2m } from './samplers/dpm-solver-2m.ts'
export { dpmSolver2s } from './samplers/dpm-solver-2s.ts'
export { dpmSolver3m } from './samplers/dpm-solver-3m.ts'
export { edmStochastic } from './samplers/edm-stochastic.ts'
export { euler } from './samplers/euler.ts'
export { eulerMaruyama } from './samplers/euler-maruyama.ts'
export { heun } from './samplers/heun.ts'
export { samplerByName, samplers } from './samplers/index.ts'
export { predictorCorrector } from './samplers/predictor-corrector.ts'
export { defineSampler, type Sampler, type StepGiven, type StepPlace, times } from './samplers/sampler.ts'
export { sdeDpmSolver2m } from './samplers/sde-dpm-solver-2m.ts'
export { uniPc2, uniPc3 } from './samplers/unipc.ts'
export { type SamplerSetting, type SamplerSettings, settingsOf } from './settings.ts'
export { type ModelRange, type Start, startOf, startPoints } from './start.ts'
