/** Runs in folders: made, trained, stopped and resumed, sampled from, scored by, evaluated, reported on. */
export {
  type CheckpointChoice,
  type Loaded,
  type LoadedWeights,
  listCheckpoints,
  loadCheckpoint,
  loadWeights,
  type RunWarning,
  saveCheckpoint,
} from './checkpoint.node.ts'
export type { CheckpointHeader, ParameterShapes } from './checkpoint-files.node.ts'
export { columnNames, type DataDescription, type SplitDescription } from './data-description.ts'
export { type Difference, diffRuns } from './diff.node.ts'
export { cannotWrite, replaceFile } from './durable.node.ts'
export { estimateRun, type RunEstimate } from './estimate.node.ts'
export { evaluateRun, type LikelihoodComparison, type RunEvaluation } from './evaluate.node.ts'
export { executeRun } from './execute.node.ts'
export { type Fingerprint, fingerprintOf } from './fingerprint.node.ts'
export { createRun, openRun, type Run, type RunDescription } from './folder.node.ts'
export * from './index.ts'
export { listRuns, type RunSummary } from './list.node.ts'
export { lockRun, type RunLock } from './lock.node.ts'
export { appendEvent, type LoggedEvent, readEvents, repairEvents, rewindEvents } from './metrics.node.ts'
export { type OpenedModel, openModel, rowsToTable, tableToRows } from './open-model.node.ts'
export { freeFolder, modelOf, planRun, type RunPlan } from './plan.node.ts'
export { readData, readSplit } from './prepare.node.ts'
export type { PreparedData } from './prepared-data.ts'
export { type ReportOptions, reportDataOf, writeReport } from './report.node.ts'
export { type RulesWish, rulesOfData } from './rules-of-data.ts'
export { type ConditionalSample, sampleWhere } from './sample-where.node.ts'
export { logDensities, type RowScores, scoreRows } from './score-rows.node.ts'
export { requireSameData, type SplitTable } from './split-of-data.ts'
