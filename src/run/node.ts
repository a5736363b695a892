/** Runs in folders: made, trained, stopped and resumed, sampled from, scored by, evaluated, reported on. */

export type {
  DataAsked,
  DataDescription,
  DataKind,
  DescribedData,
  OpenedSplit,
  PreparedData,
  RowCounts,
  SplitTable,
} from './data/kind.ts'
export { dataKinds, dataOf, kindOf } from './data/kinds.node.ts'
export { newFolder } from './data/pictures-output.node.ts'
export { type RulesWish, rulesOfData } from './data/rules-of-data.ts'
export type { TableDescription } from './data/table-description.ts'
export {
  type CompareOptions,
  type Comparison,
  type Contestant,
  compareFamilies,
} from './experiment/compare.node.ts'
export { type Continued, type ContinueOptions, continueRun } from './experiment/continue.node.ts'
export { estimateRun, type RunEstimate } from './experiment/estimate.node.ts'
export { evaluateRun } from './experiment/evaluate.node.ts'
export { executeRun } from './experiment/execute.node.ts'
export { chooseGivenMethod, givenMethods } from './experiment/given/index.node.ts'
export type { AskedRows, GivenCell, GivenMethod } from './experiment/given/method.node.ts'
export { neverTogether } from './experiment/given/seen-together.node.ts'
export { drawSheets, type Glimpses, glimpsesOf } from './experiment/glimpses.node.ts'
export { guidedBy } from './experiment/guided-by.ts'
export { logDensities, logProbabilities } from './experiment/log-densities.ts'
export { type ModelPlane, modelPlane } from './experiment/model-plane.ts'
export {
  type OpenedModel,
  openModel,
  openSplit,
  readOthers,
  rowsToTable,
} from './experiment/open-model.node.ts'
export { defaultName, freeFolder, modelOf, planRun, planWithinMinutes } from './experiment/plan.node.ts'
export type { RunPlan } from './experiment/plan.ts'
export { patienceSeconds } from './experiment/rarity.ts'
export { reportDataOf, writeReport } from './experiment/report.node.ts'
export {
  type ConditionalProgress,
  type ConditionalSample,
  sampleWhere,
} from './experiment/sample-where.node.ts'
export { type RowScores, scoreRows } from './experiment/score-rows.node.ts'
export { type PlanFrom, planAgain, planFrom } from './experiment/start-from.node.ts'
export { type Trajectories, trajectoriesOf } from './experiment/trajectories.ts'
export { amendRun } from './folder/amend.node.ts'
export {
  type CheckpointChoice,
  type Loaded,
  type LoadedWeights,
  listCheckpoints,
  loadCheckpoint,
  loadWeights,
  type RunWarning,
  saveCheckpoint,
} from './folder/checkpoint.node.ts'
export type { CheckpointHeader, ParameterShapes } from './folder/checkpoint-files.ts'
export { type Difference, diffRuns } from './folder/diff.node.ts'
export { cannotWrite, replaceFile } from './folder/durable.node.ts'
export { type Fingerprint, fingerprintOf } from './folder/fingerprint.node.ts'
export { createRun, openRun, type Run } from './folder/folder.node.ts'
export { listRuns, type RunSummary } from './folder/list.node.ts'
export { lockRun, type RunLock } from './folder/lock.node.ts'
export type { Manifest, RunChange, RunDescription, RunOrigin } from './folder/manifest.ts'
export {
  appendEvent,
  type LoggedEvent,
  readEvents,
  repairEvents,
  rewindEvents,
} from './folder/metrics.node.ts'
export * from './index.ts'
export type {
  EvaluateRunOptions,
  LikelihoodComparison,
  ReportOptions,
  RunEvaluation,
} from './judging/judge.ts'
export {
  type DamagedPictures,
  readDamaged,
  readMask,
  shownGiven,
  type WrittenRestoration,
  writeRestored,
} from './restore/index.node.ts'
