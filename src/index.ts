/**
 * Scorefield: score-based generative models in TypeScript.
 *
 * The first page of the library; each folder is a subpath of its own (`scorefield/engine`, `scorefield/sampling`, …).
 */
export { type Density, gaussian, gaussianMixture, toyByName, toys } from './density/index.ts'
export { ScorefieldError } from './engine/error.ts'
export { configureWeb, nodeCpu, nodeWebgpu, webWasm, webWebgpu } from './engine/index.ts'
export { RandomStream } from './engine/random/index.ts'
export { type FitData, type FitOptions, fit } from './run/fit.ts'
export { type DrawOptions, FittedModel } from './run/fitted-model.ts'
export type { TrainingConfig, TrainingEvent } from './training/index.ts'
