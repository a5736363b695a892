/**
 * Scorefield: score-based generative models in TypeScript.
 *
 * The first page of the library; each folder is a subpath of its own (`scorefield/engine`, `scorefield/sampling`, …).
 */

export { ScorefieldError } from './base/error.ts'
export { RandomStream } from './base/random/index.ts'
export { type Density, gaussian, gaussianMixture, toyByName, toys } from './density/index.ts'
export { configureWeb, nodeCpu, nodeWebgpu, webWasm, webWebgpu } from './engine/index.ts'
export { type FitData, type FitOptions, fit } from './run/experiment/fit.ts'
export { type DrawOptions, FittedModel } from './run/experiment/fitted-model.ts'
export type { TrainingConfig, TrainingEvent } from './training/index.ts'
