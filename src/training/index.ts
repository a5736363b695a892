/** The loop: optimisers, schedules, averages, checkpoints, events. */
export { type AuxiliaryTask, trainAuxiliary } from './auxiliary.ts'
export { BatchMaker } from './batches.ts'
export { averageRate, type TrainingConfig } from './config.ts'
export type { LossByNoiseLevel, TrainingEvent, TrainingState } from './events.ts'
export {
  type GradientNoise,
  type GradientSamples,
  gradientBias,
  gradientNoise,
  gradientSamples,
  type WithError,
} from './gradient-noise.ts'
export {
  type HeldOutRows,
  type HeldOutTask,
  heldOutExamples,
  type LevelLosses,
  lossByLevel,
} from './held-out.ts'
export { batchInputs, batchLosses, type Learning, type LearningConfig, learningOf } from './learning.ts'
export { type DataScale, measureMoments, measureScale, proposeNoiseRange } from './measure.ts'
export { batchSizeThatFits, type FittingBatch, type StepTask, stepBytes, stepCost } from './memory.ts'
export type { Optimiser } from './optimiser.ts'
export { optimisers } from './optimisers.ts'
export {
  averageOf,
  type Combination,
  combinationOf,
  type KeptAverage,
  keptWidths,
  type PowerProfile,
  powerGroup,
  powerOf,
  powerRate,
  profileProduct,
} from './power-average.ts'
export { type Schedule, schedules } from './schedule.ts'
export { isTired, requireStart, startState } from './state.ts'
export { type TrainingTask, train } from './trainer.ts'
