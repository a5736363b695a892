import { type Examples, orderedSource } from '../data/index.ts'
import * as f from '../engine/index.ts'
import { BatchMaker, type RepeatedRows } from './batches.ts'
import { diagnose } from './diagnose.ts'
import { batchInputs, batchLosses, type Learning } from './learning.ts'
import { fromLoss, notFiniteError } from './not-finite.ts'

/** Examples that the held-out loss averages over, at least, of the first so many rows at most. */
const leastExamples = 4096

/** How often each of the rows is drawn noise for: equally often, so that all weigh the same. */
export function heldOutExamples(rowCount: number): RepeatedRows {
  return { rows: Math.min(rowCount, leastExamples), repeats: Math.ceil(leastExamples / rowCount) }
}

/** Rows kept out of training. */
export interface HeldOutRows {
  /** [n, ...event], n ≥ 1. */
  readonly rows: Float32Array
  /** [n, ...shape] each, of a model that takes conditions. */
  readonly conditions?: Examples['conditions'] | undefined
}

/** What the held-out loss needs to know of a training run. */
export interface HeldOutTask {
  readonly learning: Learning
  readonly heldOut: HeldOutRows
  readonly seed: number
  readonly runtime?: f.Runtime | undefined
}

/**
 * The loss on rows never trained on, with noise that is drawn once: two evaluations differ by the weights alone.
 */
export class HeldOut {
  private readonly program: f.Program
  private readonly batches: BatchMaker
  private readonly learning: Learning
  private readonly repeated: RepeatedRows

  private constructor(program: f.Program, task: HeldOutTask) {
    const { learning, heldOut, seed } = task
    const { event, model } = learning.facts
    this.program = program
    this.learning = learning
    this.repeated = heldOutExamples(heldOut.rows.length / f.sizeOf(event))
    const example = { event, conditions: model.conditions }
    const source = orderedSource({ example, points: heldOut.rows, conditions: heldOut.conditions })
    this.batches = new BatchMaker({ source, repeated: this.repeated, learning, seed, name: 'held-out' })
  }

  static async prepare(task: HeldOutTask): Promise<HeldOut> {
    const { learning, runtime } = task
    const { parameters } = learning.facts.model
    const program = await f.compile(
      {
        name: 'held-out loss',
        inputs: batchInputs(learning),
        shared: parameters,
        step: ({ inputs, shared }) => {
          const { losses } = batchLosses(learning, shared, inputs)
          return { outputs: { loss: losses[learning.players[0]!.name]! } }
        },
      },
      runtime ? { runtime } : {},
    )
    return new HeldOut(program, task)
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
    const { batchSize } = this.learning.facts
    this.program.setShared(parameters)
    const losses: number[] = []
    const examples = this.repeated.rows * this.repeated.repeats
    for (let first = 0; first < examples; first += batchSize) {
      const batch = this.batches.make(first, batchSize)
      const { loss } = await this.program.run(batch)
      const bad = fromLoss(loss!, batch['sigma'])
      if (bad) {
        const found = diagnose(this.learning, parameters, batch) ?? bad
        throw notFiniteError({ step, first, batchSize, examples: 'held-out example', found })
      }
      for (const value of loss!.subarray(0, examples - first)) losses.push(value)
    }
    return meanOverRows(losses, this.repeated.rows)
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
