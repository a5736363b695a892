/** The loop: optimisers, schedules, averages, checkpoints, events. */
export { BatchMaker } from './batches.ts'
export { averageRate, type TrainingConfig } from './config.ts'
export type { LossByNoiseLevel, TrainingEvent, TrainingState } from './events.ts'
export { type DataScale, measureScale, proposeNoiseRange } from './measure.ts'
export type { Optimiser } from './optimiser.ts'
export { optimisers } from './optimisers.ts'
export { type Schedule, schedules } from './schedule.ts'
export { startState, type TrainingTask, train } from './trainer.ts'
