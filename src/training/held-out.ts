import { type Examples, orderedSource } from '../data/index.ts'
import * as f from '../engine/index.ts'
import { BatchMaker, type RepeatedRows } from './batches.ts'
import { diagnose } from './diagnose.ts'
import type { LossByNoiseLevel } from './events.ts'
import { batchInputs, batchLosses, type Learning } from './learning.ts'
import { NoiseBins } from './noise-bins.ts'
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

/** Mean loss of some rows by noise level, with its standard error over rows; null where a bin has none, or has one row only. */
export interface LevelLosses extends LossByNoiseLevel {
  readonly standardError: readonly (number | null)[]
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
    const losses: number[] = []
    for await (const { loss } of this.examples(parameters, step)) for (const value of loss) losses.push(value)
    return meanOverRows(losses, this.repeated.rows)
  }

  /**
   * Mean loss by noise level, and its standard error over rows; of an objective over noise levels.
   * @throws ScorefieldError `training/not-finite`.
   */
  async lossByLevel(
    parameters: f.Named<ArrayLike<number>>,
    step: number,
    bins: NoiseBins,
  ): Promise<LevelLosses> {
    const byBin = bins.centres.map(() => ({ losses: [] as number[], rows: [] as number[] }))
    let n = 0
    for await (const { loss, sigma } of this.examples(parameters, step))
      loss.forEach((value, i) => {
        const bin = byBin[bins.binOf(sigma![i]!)]!
        bin.losses.push(value)
        bin.rows.push(n++ % this.repeated.rows)
      })
    const means = byBin.map(({ losses, rows }) =>
      losses.length === 0 ? undefined : meanByRow(losses, (i) => rows[i]!),
    )
    return {
      sigma: bins.centres,
      loss: means.map((found) => found?.mean ?? null),
      standardError: means.map((found) =>
        found && Number.isFinite(found.standardError) ? found.standardError : null,
      ),
      count: byBin.map(({ losses }) => losses.length),
    }
  }

  /** The losses of all examples, batch after batch, with their noise levels. */
  private async *examples(
    parameters: f.Named<ArrayLike<number>>,
    step: number,
  ): AsyncGenerator<{ readonly loss: f.HostArray; readonly sigma: f.HostArray | undefined }> {
    const { batchSize } = this.learning.facts
    this.program.setShared(parameters)
    const examples = this.repeated.rows * this.repeated.repeats
    for (let first = 0; first < examples; first += batchSize) {
      const batch = this.batches.make(first, batchSize)
      const { loss } = await this.program.run(batch)
      const bad = fromLoss(loss!, batch['sigma'])
      if (bad) {
        const found = diagnose(this.learning, parameters, batch) ?? bad
        throw notFiniteError({ step, first, batchSize, examples: 'held-out example', found })
      }
      yield { loss: loss!.subarray(0, examples - first), sigma: batch['sigma'] }
    }
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
  return meanByRow(losses, (n) => n % rowCount)
}

/** The same where example n is of row `rowOf(n)`. */
function meanByRow(
  losses: readonly number[],
  rowOf: (n: number) => number,
): { mean: number; standardError: number } {
  const mean = losses.reduce((total, loss) => total + loss, 0) / losses.length
  const deviations = new Map<number, number>()
  losses.forEach((loss, n) => {
    const row = rowOf(n)
    deviations.set(row, (deviations.get(row) ?? 0) + loss - mean)
  })
  const seen = deviations.size
  let squares = 0
  for (const deviation of deviations.values()) squares += deviation ** 2
  return { mean, standardError: Math.sqrt((squares * seen) / (seen - 1)) / losses.length }
}

/**
 * The loss of rows by noise level, in 16 bins of equal width in ln σ over the levels of training, at these weights: that of
 * training rows against that of rows never trained on, at the same noise, shows at which levels a model has learned rows by heart.
 * Undefined where the objective has no noise levels. At most 4,096 rows are taken, the first.
 * @throws ScorefieldError `training/not-finite`.
 */
export async function lossByLevel(
  task: HeldOutTask & { readonly values: f.Named<ArrayLike<number>> },
): Promise<LevelLosses | undefined> {
  const { learning, values } = task
  if (!learning.weighting) return undefined
  const heldOut = await HeldOut.prepare(task)
  try {
    return await heldOut.lossByLevel(values, 0, new NoiseBins(learning.facts.range))
  } finally {
    await heldOut.dispose()
  }
}
