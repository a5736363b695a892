/** One experiment: its configuration, its training, the model that comes of it. */
export { completeConfig, mergeOptions, parseConfig, parseOptions, trainingConfigOf } from './config/config.ts'
export { type DataFacts, defaultSize, defaultTraining } from './config/defaults.ts'
export { type ConfigProblem, problemsOf } from './config/problems.ts'
export {
  configJsonSchema,
  configVersion,
  type DataConfig,
  type RunConfig,
  type RunOptions,
  runConfigSchema,
  runOptionsSchema,
  settings,
} from './config/schema.ts'
export { setAll, setByPath } from './config/set-by-path.ts'
export type { Setting, SettingValue } from './config/setting.ts'
export { type FitData, type FitOptions, fit } from './experiment/fit.ts'
export { type AskOptions, type DrawOptions, FittedModel, type ModelRange } from './experiment/fitted-model.ts'
