/** One experiment: its configuration, its training, the model that comes of it. */
export { completeConfig, mergeOptions, parseConfig, parseOptions, trainingConfigOf } from './config/config.ts'
export type { DataConfig } from './config/data-schema.ts'
export { type DataFacts, defaultSize, defaultTraining } from './config/defaults.ts'
export { type ConfigProblem, problemsOf } from './config/problems.ts'
export {
  configJsonSchema,
  configVersion,
  type RunConfig,
  type RunOptions,
  runConfigSchema,
  runOptionsSchema,
  settings,
} from './config/schema.ts'
export { setAll, setByPath } from './config/set-by-path.ts'
export type { Setting, SettingValue } from './config/setting.ts'
export type { ConditionValues } from './data/condition-encoding.ts'
export type { GivenNumbers } from './data/given-numbers.ts'
export {
  type Dequantisation,
  type Dequantiser,
  type DequantiserGiven,
  dequantisationFor,
  dequantisations,
  type Places,
  type PlacesKey,
  type PlacesStore,
} from './dequantise/index.ts'
export { drawingOf } from './experiment/drawing.ts'
export { type AskOptions, type DrawOptions, FittedModel } from './experiment/fitted-model.ts'
export {
  type GivenDrawOptions,
  knownConditions,
  sampleGiven,
  takesKnown,
  toldModel,
} from './experiment/sample-given.ts'
export {
  type JudgedWay,
  type TriedWay,
  type TuneOptions,
  type Tuning,
  tuneSampling,
} from './experiment/tune-sampling.ts'
export {
  allDraws,
  bestFilling,
  type ColumnDraws,
  type FillingMethod,
  type FillingModel,
  type FillingRequest,
  type FillingSampler,
  filledBy,
  fillingMethods,
  type Imputation,
  type ImputeOptions,
  imputeTable,
  intervalOf,
  usualDraws,
} from './impute/index.ts'
export type { DrawRows } from './library/draw-options.ts'
export { type FitData, fit } from './library/fit.ts'
export type {
  FitOptions,
  FitPicturesOptions,
  FitTableOptions,
  TrainingOptions,
} from './library/fit-options.ts'
export { fitPictures } from './library/fit-pictures.ts'
export { fitTable } from './library/fit-table.ts'
export type { GivenRows } from './library/given-cells.ts'
export { LearnedModel, type LearnedParts } from './library/learned-model.ts'
export { type LoadOptions, load } from './library/load.ts'
export { type AskBits, type DrawPictures, PictureModel } from './library/picture-model.ts'
export {
  type ModelPlace,
  type ModelSource,
  removeSavedModel,
  savedModels,
} from './library/places.ts'
export { type AskedConditions, RowModel, type RowsAsked } from './library/row-model.ts'
export type { SavedFiles } from './library/saved-files.ts'
export { type DrawTableRows, TableModel } from './library/table-model.ts'
export {
  boxMask,
  chooseRestoringMethod,
  type Damage,
  type DamageAsked,
  type DamageWord,
  damageTold,
  estimateNoise,
  type Mask,
  maskDamage,
  type NoiseEstimate,
  noiseTold,
  observedPoints,
  type Repair,
  type Restoration,
  type RestoreAsked,
  type RestoredPictures,
  type RestoreOptions,
  type RestoringMethod,
  type RestoringModel,
  repairs,
  restorePictures,
  restoringMethods,
  scaleOfPoints,
} from './restore/index.ts'
