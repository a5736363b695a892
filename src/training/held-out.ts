import { fixedOrder } from '../data/rows.ts'
import * as f from '../engine/index.ts'
import type { NoiseRange, Objective } from '../objective/index.ts'
import { BatchMaker } from './batches.ts'
import { batchInputs, batchLoss } from './step.ts'
import type { TrainingTask } from './trainer.ts'

/** Examples that the held-out loss averages over: more rows, or more noise draws of few rows. */
const examples = 4096

/**
 * The loss on rows never trained on, with noise that is drawn once: two evaluations differ by the weights alone.
 */
export class HeldOut {
  private readonly program: f.Program
  private readonly batches: BatchMaker
  private readonly batchSize: number

  private constructor(program: f.Program, batches: BatchMaker, batchSize: number) {
    this.program = program
    this.batches = batches
    this.batchSize = batchSize
  }

  static async prepare(
    task: TrainingTask & {
      heldOut: NonNullable<TrainingTask['heldOut']>
      objective: Objective
      range: NoiseRange
    },
  ): Promise<HeldOut> {
    const { model, config, heldOut, objective, range } = task
    const { batchSize } = config
    const program = await f.compile(
      {
        name: 'held-out loss',
        inputs: batchInputs(model, batchSize),
        shared: model.parameters,
        step: ({ inputs, shared }) => ({ outputs: { loss: batchLoss(model, shared, inputs) } }),
      },
      task.runtime ? { runtime: task.runtime } : {},
    )
    const source = fixedOrder({
      ...heldOut,
      dimension: model.dimension,
      conditionWidth: model.conditionWidth,
    })
    const batches = new BatchMaker({ source, objective, range, seed: config.seed, name: 'held-out' })
    return new HeldOut(program, batches, batchSize)
  }

  get secondsInside(): number {
    return this.program.secondsInside
  }

  /** Mean held-out loss of these weights and its standard error over examples. */
  async loss(parameters: f.Named<Float32Array>): Promise<{ mean: number; standardError: number }> {
    this.program.setShared(parameters)
    const losses: number[] = []
    for (let first = 0; first < examples; first += this.batchSize) {
      const { loss } = await this.program.run(this.batches.make(first, this.batchSize))
      losses.push(...loss!)
    }
    const mean = losses.reduce((total, loss) => total + loss, 0) / losses.length
    const variance = losses.reduce((total, loss) => total + (loss - mean) ** 2, 0) / (losses.length - 1)
    return { mean, standardError: Math.sqrt(variance / losses.length) }
  }

  async dispose(): Promise<void> {
    await this.program.dispose()
  }
}
