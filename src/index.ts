/**
 * Scorefield: score-based generative models in TypeScript.
 *
 * The first page of the library; each folder is a subpath of its own (`scorefield/engine`, `scorefield/sampling`, …).
 */

export { RandomStream, ScorefieldError } from './base/index.ts'
export { type Cell, picturesFromFiles, picturesFromPixels, type RowObject } from './data/index.ts'
export { type Density, gaussian, gaussianMixture, toyByName, toys } from './density/index.ts'
export { configureWeb, nodeCpu, nodeWebgpu, webWasm, webWebgpu } from './engine/index.ts'
export {
  type DrawRows,
  type FitData,
  type FitOptions,
  type FitPicturesOptions,
  type FitTableOptions,
  fit,
  fitPictures,
  fitTable,
  load,
  type ModelPlace,
  type ModelSource,
  PictureModel,
  RowModel,
  removeSavedModel,
  savedModels,
  TableModel,
} from './run/index.ts'
export type { TrainingConfig, TrainingEvent } from './training/index.ts'
