/** One experiment: its configuration, its training, the model that comes of it. */
export { completeConfig, mergeOptions, parseConfig, parseOptions, trainingConfigOf } from './config.ts'
export { type DataFacts, defaultSize, defaultTraining } from './defaults.ts'
export { type FitData, type FitOptions, fit } from './fit.ts'
export { type DrawOptions, FittedModel, type ModelRange } from './fitted-model.ts'
export { type ConfigProblem, problemsOf } from './problems.ts'
export {
  configJsonSchema,
  configVersion,
  type DataConfig,
  type RunConfig,
  type RunOptions,
  runConfigSchema,
  runOptionsSchema,
  settings,
} from './schema.ts'
export { setAll, setByPath } from './set-by-path.ts'
export type { Setting, SettingValue } from './setting.ts'
