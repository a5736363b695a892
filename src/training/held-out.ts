import { fixedOrder } from '../data/rows.ts'
import * as f from '../engine/index.ts'
import type { TrainableDenoiser } from '../model/index.ts'
import type { NoiseRange, Objective } from '../objective/index.ts'
import { BatchMaker } from './batches.ts'
import { diagnose } from './diagnose.ts'
import { fromLoss, notFiniteError } from './not-finite.ts'
import { batchInputs, batchLoss } from './step.ts'

/** Examples that the held-out loss averages over, at least: the first of many rows, or many noise draws of few. */
const leastExamples = 4096

/** Rows kept out of training. */
export interface HeldOutRows {
  /** [n, d], n ≥ 1. */
  readonly rows: Float32Array
  /** [n, c] */
  readonly conditions: Float32Array
}

/** What the held-out loss needs to know of a training run. */
export interface HeldOutTask {
  readonly model: TrainableDenoiser
  readonly heldOut: HeldOutRows
  readonly objective: Objective
  readonly range: NoiseRange
  readonly batchSize: number
  readonly seed: number
  readonly runtime?: f.Runtime
}

/**
 * The loss on rows never trained on, with noise that is drawn once: two evaluations differ by the weights alone.
 */
export class HeldOut {
  private readonly program: f.Program
  private readonly batches: BatchMaker
  private readonly task: HeldOutTask

  private constructor(program: f.Program, batches: BatchMaker, task: HeldOutTask) {
    this.program = program
    this.batches = batches
    this.task = task
  }

  static async prepare(task: HeldOutTask): Promise<HeldOut> {
    const { model, heldOut, objective, range, batchSize, seed, runtime } = task
    const program = await f.compile(
      {
        name: 'held-out loss',
        inputs: batchInputs(model, batchSize),
        shared: model.parameters,
        step: ({ inputs, shared }) => ({ outputs: { loss: batchLoss(model, shared, inputs) } }),
      },
      runtime ? { runtime } : {},
    )
    const { dimension, conditionWidth } = model
    const source = fixedOrder({ ...heldOut, dimension, conditionWidth })
    return new HeldOut(program, new BatchMaker({ source, objective, range, seed, name: 'held-out' }), task)
  }

  get secondsInside(): number {
    return this.program.secondsInside
  }

  /**
   * Mean held-out loss of these weights, and its standard error over rows: noise draws of one row are one observation.
   * @throws ScorefieldError `training/not-finite`, naming the step after which this was asked.
   */
  async loss(
    parameters: f.Named<Float32Array>,
    step: number,
  ): Promise<{ mean: number; standardError: number }> {
    const { model, batchSize } = this.task
    this.program.setShared(parameters)
    const losses: number[] = []
    for (let first = 0; first < leastExamples; first += batchSize) {
      const batch = this.batches.make(first, batchSize)
      const { loss } = await this.program.run(batch)
      const bad = fromLoss(loss!, batch.sigma)
      if (bad) {
        const found = diagnose(model, parameters, batch) ?? bad
        throw notFiniteError({ step, first, batchSize, examples: 'held-out example', found })
      }
      for (const value of loss!) losses.push(value)
    }
    return meanOverRows(losses, this.batches.source.rowCount)
  }

  async dispose(): Promise<void> {
    await this.program.dispose()
  }
}

/**
 * The mean of the losses and its standard error, where example n is of row n mod `rowCount`.
 * √(Σ_r (Σ_{n of r} (ℓ_n − ℓ̄))² · R/(R − 1)) / N, R rows seen, N examples; NaN for one row.
 */
export function meanOverRows(
  losses: readonly number[],
  rowCount: number,
): { mean: number; standardError: number } {
  const mean = losses.reduce((total, loss) => total + loss, 0) / losses.length
  const seen = Math.min(rowCount, losses.length)
  const deviations = new Float64Array(seen)
  losses.forEach((loss, n) => {
    deviations[n % seen]! += loss - mean
  })
  const squares = deviations.reduce((total, deviation) => total + deviation ** 2, 0)
  return { mean, standardError: Math.sqrt((squares * seen) / (seen - 1)) / losses.length }
}
