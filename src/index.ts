/**
 * Scorefield: score-based generative models in TypeScript.
 *
 * The first page of the library; each folder is a subpath of its own (`scorefield/engine`, `scorefield/sampling`, …).
 */

export { RandomStream, ScorefieldError } from './base/index.ts'
export { type Density, gaussian, gaussianMixture, toyByName, toys } from './density/index.ts'
export { configureWeb, nodeCpu, nodeWebgpu, webWasm, webWebgpu } from './engine/index.ts'
export { type DrawOptions, type FitData, type FitOptions, FittedModel, fit } from './run/index.ts'
export type { TrainingConfig, TrainingEvent } from './training/index.ts'
