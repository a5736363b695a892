/** Networks, and the families built of them. */
export type { DenoiserModel, FittedDenoiser, NoisyPoints } from './denoiser.ts'
export { type DenoiserOptions, denoiserOf, mixedDenoiser } from './mixed.ts'
export { type Network, type NetworkShape, type NetworkSize, parameterCount } from './network.ts'
export { networks } from './networks.ts'
export { preconditioned, type TrainableDenoiser } from './preconditioned.ts'
export { residualMlp } from './residual-mlp.ts'
