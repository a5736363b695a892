/** Models by what they can compute. */
export type { DenoiserModel, FittedDenoiser, NoisyPoints } from './denoiser.ts'
export { type DenoiserOptions, denoiserOf, mixedDenoiser } from './mixed.ts'
export { preconditioned, type TrainableDenoiser } from './preconditioned.ts'
export { joinParts, type NumbersPart, type RowPart, type WordsPart, widthOf } from './row-part.ts'
