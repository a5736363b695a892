import * as f from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import type { Objective } from '../objective/index.ts'
import { Coefficients } from './coefficients.ts'
import type { TrainingConfig } from './config.ts'
import { batchInputs, type Learning, learningOf } from './learning.ts'
import { trainingStep } from './step.ts'

/** Bytes that the batches of one call may take. */
const callBytes = 64e6
/** Bytes that a step may take where the batch size is not told. */
const usualStepBytes = 2e9
/** No default has fewer rows: a gradient of less is mostly noise. */
const fewestRows = 16

/** What is trained, and how. */
export interface StepTask {
  readonly model: Model
  readonly config: TrainingConfig
  /** Name of the model's family, for messages. */
  readonly family?: string | undefined
  readonly objective?: Objective | undefined
}

/**
 * Steps of one call of the runtime: as many as told, fewer where batches are large, so that those of a call, which lie in memory
 * together, take 64 MB at most. Results are the same whatever it is.
 */
export function stepsInCall(learning: Learning, told: number): number {
  const { batchSize } = learning.facts
  const values = Object.values(batchInputs(learning)).reduce((sum, { shape }) => sum + f.sizeOf(shape), 0)
  return Math.max(1, Math.min(told, Math.floor(callBytes / (4 * Math.max(values, batchSize)))))
}

/** What one training step costs. Errors: those of `learningOf`. */
export function stepCost(task: StepTask): f.GraphCost {
  const learning = learningOf(task)
  const { optimiser, options: optimiserOptions, widths } = new Coefficients(task.config, learning.players)
  return f.programCost(f.traceProgram(trainingStep({ learning, optimiser, optimiserOptions, widths })))
}

/**
 * Bytes that one training step has in memory at most: weights, averages, moments, and all that its batch needs at a time.
 * Errors: those of `learningOf`.
 */
export function stepBytes(task: StepTask): number {
  return stepCost(task).peakBytes
}

/** A batch size, and what a step of the one asked for would take. */
export interface FittingBatch {
  readonly batchSize: number
  readonly askedBytes: number
}

/**
 * The batch size of the configuration, halved until a step takes 2 GB at most, or has 16 rows: what large batches gain is not worth
 * a machine that swaps. Errors: those of `learningOf`.
 */
export function batchSizeThatFits(task: StepTask, mostBytes: number = usualStepBytes): FittingBatch {
  const asked = task.config.batchSize
  const bytesAt = (batchSize: number): number => stepBytes({ ...task, config: { ...task.config, batchSize } })
  const askedBytes = bytesAt(asked)
  let batchSize = asked
  for (let bytes = askedBytes; bytes > mostBytes && batchSize > fewestRows; bytes = bytesAt(batchSize))
    batchSize = Math.max(fewestRows, Math.floor(batchSize / 2))
  return { batchSize, askedBytes }
}
