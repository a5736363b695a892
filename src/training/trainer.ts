import { type Source, withStrays } from '../data/index.ts'
import * as f from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import { parameterCount } from '../nn/index.ts'
import type { Moments, Objective } from '../objective/index.ts'
import { BatchMaker } from './batches.ts'
import { Coefficients } from './coefficients.ts'
import type { TrainingConfig } from './config.ts'
import { allFinite } from './diagnose.ts'
import type { TrainingEvent, TrainingState } from './events.ts'
import { HeldOut, type HeldOutRows } from './held-out.ts'
import { type Learning, learningOf } from './learning.ts'
import { stepsInCall } from './memory.ts'
import { NoiseBins } from './noise-bins.ts'
import { explainNotFinite, requireFiniteState } from './not-finite.ts'
import { Pace } from './pace.ts'
import { powerGroup } from './power-average.ts'
import { afterEvaluation, type BestSoFar, isTired, startState } from './state.ts'
import { lossOutput, type StepOutput } from './step.ts'
import { TrainingProgram } from './training-program.ts'
import { Watcher } from './watcher.ts'

/** What a training run works on. */
export interface TrainingTask {
  readonly model: Model
  /** Name of the model's family, for messages. */
  readonly family?: string | undefined
  readonly config: TrainingConfig
  /** An objective that is in no list, in the place of the configuration's. */
  readonly objective?: Objective | undefined
  /** Mean and covariance of the training points; those of N(0, σ_d² I) unless given. */
  readonly moments?: (() => Moments) | undefined
  readonly data: Source
  /** Rows never trained on; without any there is no held-out loss and no early stopping. */
  readonly heldOut?: HeldOutRows | undefined
  readonly runtime?: f.Runtime | undefined
  /**
   * Weights to start from, of every parameter: a warm start at step 0, all else as new. Of no matter where `resume` is given;
   * the seed's own values unless given.
   */
  readonly start?: f.Named<Float32Array> | undefined
  /** Where an earlier run stopped; the run goes on from there, bit for bit as if it had not. */
  readonly resume?: TrainingState | undefined
  /** Asked after every call of the runtime: whether the weights of this moment are told, as an event. They change nothing. */
  readonly tellWeights?: ((secondsElapsed: number) => boolean) | undefined
  /** Stops after the steps under way, with a last checkpoint. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Trains a denoiser, telling what happens as events; the last is `done`, with the final state.
 *
 * The same task gives the same bits on the same device, however often it is stopped and resumed, and however many
 * steps a call has.
 * @throws ScorefieldError `training/start-does-not-fit` where the weights to start from are not the model's.
 * @throws ScorefieldError `training/not-finite` where a loss, a gradient or a state to be kept is NaN or infinite: it
 * names the step and, where they can be told, the layer, the noise level and the example. The last checkpoint event
 * holds the last good state.
 */
export async function* train(task: TrainingTask): AsyncGenerator<TrainingEvent> {
  const run = await TrainingRun.prepare(task)
  try {
    yield* run.events()
  } finally {
    await run.dispose()
  }
}

/** One training run under way. */
class TrainingRun {
  private readonly task: TrainingTask
  private readonly learning: Learning
  private readonly program: TrainingProgram
  private readonly heldOut: HeldOut | undefined
  private readonly batches: BatchMaker
  private readonly coefficients: Coefficients
  private readonly bins: NoiseBins
  private readonly watcher: Watcher
  private readonly pace: Pace
  private readonly started: number
  private step: number
  /** The last call's batch: its arrays are used again. */
  private batch: Record<string, f.HostArray> | undefined
  private record: BestSoFar
  /** The averaged weights of the last evaluation at which nothing watched was bad. */
  private good: Required<Pick<BestSoFar, 'best' | 'bestStep'>> | undefined

  private constructor(parts: {
    task: TrainingTask
    learning: Learning
    program: TrainingProgram
    heldOut: HeldOut | undefined
    batches: BatchMaker
    coefficients: Coefficients
    started: number
  }) {
    const { task } = parts
    this.task = task
    this.learning = parts.learning
    this.program = parts.program
    this.heldOut = parts.heldOut
    this.batches = parts.batches
    this.coefficients = parts.coefficients
    this.started = parts.started
    this.bins = new NoiseBins(task.config)
    this.watcher = new Watcher(parts.learning.objective.watches ?? [])
    const { step, groups, ...record } = task.resume ?? startState(parts.learning, task.config, task.start)
    this.program.setState(groups)
    this.step = step
    this.pace = new Pace(task.config, step)
    this.record = record
    if (task.resume)
      this.good = { best: record.best ?? groups['ema']!, bestStep: record.best ? record.bestStep : step }
  }

  static async prepare(task: TrainingTask): Promise<TrainingRun> {
    const started = performance.now()
    const { model, config, data, heldOut, runtime } = task
    const { seed } = config
    const learning = learningOf(task)
    const coefficients = new Coefficients(config, learning.players)
    const source = withStrays(data, {
      share: config.strayShare ?? 0,
      std: config.sigmaData,
      coordinates: model.numbers ?? Array.from({ length: f.sizeOf(data.example.event) }, (_, k) => k),
      seed,
    })
    const batches = new BatchMaker({ source, learning, seed, name: 'training' })
    const opened: { dispose(): Promise<void> }[] = []
    const open = async <T extends { dispose(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
      const it = await opening
      opened.push(it)
      return it
    }
    try {
      const { optimiser, options: optimiserOptions, widths } = coefficients
      const program = await open(
        TrainingProgram.compile({ learning, optimiser, optimiserOptions, widths, runtime }),
      )
      const measuring =
        heldOut && heldOut.rows.length > 0 && learning.objective.heldOut === 'loss'
          ? await open(HeldOut.prepare({ learning, heldOut, seed, runtime }))
          : undefined
      return new TrainingRun({ task, learning, program, heldOut: measuring, batches, coefficients, started })
    } catch (error) {
      for (const it of opened) await it.dispose()
      throw error
    }
  }

  async *events(): AsyncGenerator<TrainingEvent> {
    const { steps, evaluateEverySteps, checkpointEverySteps, patienceEvaluations } = this.task.config
    yield this.startEvent()
    let reason: 'finished' | 'early-stop' | 'interrupted' = 'finished'
    let checkpointed = -1
    while (this.step < steps) {
      if (isTired(this.record, patienceEvaluations)) {
        reason = 'early-stop'
        break
      }
      if (this.task.signal?.aborted) {
        reason = 'interrupted'
        break
      }
      yield await this.advance()
      yield* this.watcher.warnings()
      yield* this.pace.warnings(this.step, this.seconds().secondsElapsed)
      const { secondsElapsed } = this.seconds()
      if (this.task.tellWeights?.(secondsElapsed))
        yield { type: 'weights', step: this.step, weights: await this.averaged(), secondsElapsed }
      if (this.step === steps || isMultiple(this.step, evaluateEverySteps)) yield await this.evaluate()
      if (this.step < steps && isMultiple(this.step, checkpointEverySteps)) {
        checkpointed = this.step
        yield { type: 'checkpoint', step: this.step, state: await this.state() }
      }
    }
    const state = await this.state()
    if (checkpointed !== this.step) yield { type: 'checkpoint', step: this.step, state }
    yield { type: 'done', step: this.step, reason, state, ...this.seconds() }
  }

  async dispose(): Promise<void> {
    await this.program.dispose()
    await this.heldOut?.dispose()
  }

  /** The steps up to the next evaluation, checkpoint or end, at most `stepsInCall`, in one call of the runtime. */
  private async advance(): Promise<TrainingEvent> {
    const { learning } = this
    const { config } = this.task
    const { batchSize, steps: allSteps } = config
    const { step } = this
    const next = Math.min(
      step + stepsInCall(learning, config.stepsPerCall),
      allSteps,
      nextMultiple(step, config.evaluateEverySteps),
      nextMultiple(step, config.checkpointEverySteps),
    )
    const steps = next - step
    const range = { first: step * batchSize, count: steps * batchSize }
    await this.task.data.ready?.(range)
    this.batch = this.batches.make(range.first, range.count, this.batch)
    const inputs = {
      ...this.batch,
      coefficients: this.coefficients.following(step, steps),
    }
    const before = this.program.snapshot()
    const outputs = await this.program.run(inputs, steps)
    const { loss, gradientNorm } = outputs as Record<StepOutput, f.HostArray>
    if (!allFinite(loss) || !allFinite(gradientNorm)) {
      this.program.restore(before)
      const { program } = this
      throw await explainNotFinite({ learning, program, inputs, loss, gradientNorm, step, batchSize })
    }
    this.step = next
    const { sigma } = inputs as { sigma?: f.HostArray }
    if (sigma) this.bins.add(sigma, loss)
    this.watcher.add(outputs, step)
    return {
      type: 'step',
      step: next,
      steps: allSteps,
      loss: meanOf(loss),
      ...this.lossesOf(outputs),
      gradientNorm: meanOf(gradientNorm),
      learningRate: this.coefficients.learningRate(next),
      ...this.seconds(),
    }
  }

  /** Held-out loss of the averaged weights, and the training loss by noise level since the last evaluation. */
  private async evaluate(): Promise<TrainingEvent> {
    const { step } = this
    const taken = this.bins.take()
    const byLevel = this.learning.weighting ? { lossByNoiseLevel: taken } : {}
    if (!this.heldOut) {
      const nothing = { heldOutLoss: null, heldOutStandardError: null, best: false }
      if (this.learning.objective.watches) await this.keepGood()
      return { type: 'evaluation', step, ...nothing, ...byLevel }
    }
    const weights = await this.averaged()
    const own = await this.heldOut.loss(weights, step)
    const found = step === this.task.config.steps ? await this.leastOf(weights, own) : { ...own, weights }
    const { mean, standardError, width } = found
    this.record = afterEvaluation(this.record, { ...found, step, loss: mean })
    return {
      type: 'evaluation',
      step,
      heldOutLoss: mean,
      heldOutStandardError: standardError,
      best: this.record.bestStep === step,
      ...(width === undefined ? {} : { averageWidth: width }),
      ...byLevel,
    }
  }

  /** The weights of least held-out loss among the usual average, whose loss is told, and the power-function averages. */
  private async leastOf(
    weights: f.Named<Float32Array>,
    own: { readonly mean: number; readonly standardError: number },
  ): Promise<typeof own & { readonly weights: f.Named<Float32Array>; readonly width?: number }> {
    const { widths } = this.coefficients
    const groups = (await this.program.getState(widths.map(powerGroup))) as TrainingState['groups']
    let least: Awaited<ReturnType<typeof this.leastOf>> = { ...own, weights }
    for (const width of widths) {
      const average = groups[powerGroup(width)]!
      const loss = await this.heldOut!.loss(average, this.step)
      if (loss.mean < least.mean) least = { ...loss, weights: average, width }
    }
    return least
  }

  /** Where no loss says which weights are better and something watched is bad, the last good ones are kept as the best. */
  private async keepGood(): Promise<void> {
    const { best: _, ...others } = this.record
    this.record = this.watcher.bad ? { ...others, ...this.good } : { ...others, bestStep: 0 }
    if (!this.watcher.bad) this.good = { best: await this.averaged(), bestStep: this.step }
  }

  /** The averaged weights alone; never ones that are not finite. */
  private async averaged(): Promise<Readonly<Record<string, Float32Array>>> {
    const { ema } = (await this.program.getState(['ema'])) as TrainingState['groups']
    // The whole state tells where it began.
    if (!Object.values(ema!).every(allFinite)) await this.state()
    return ema!
  }

  /** All that a run needs to go on; never one that is not finite. */
  private async state(): Promise<TrainingState> {
    const groups = (await this.program.getState()) as TrainingState['groups']
    requireFiniteState(this.step, groups)
    return { ...this.record, step: this.step, groups }
  }

  /** Mean loss of each player, where there are several. */
  private lossesOf(outputs: Readonly<Record<string, f.HostArray>>): {
    losses?: Readonly<Record<string, number>>
  } {
    const { players } = this.learning
    if (players.length === 1) return {}
    const of = ({ name }: { name: string }, i: number): [string, number] => [
      name,
      meanOf(outputs[i === 0 ? 'loss' : lossOutput(name)]!),
    ]
    return { losses: Object.fromEntries(players.map(of)) }
  }

  private startEvent(): TrainingEvent {
    const { operations, flops } = this.program.cost()
    return {
      type: 'start',
      step: this.step,
      steps: this.task.config.steps,
      parameters: parameterCount(this.task.model.parameters),
      operations,
      flopsPerStep: flops,
      compileSeconds: this.seconds().secondsElapsed,
    }
  }

  private seconds(): { secondsElapsed: number; secondsInRuntime: number } {
    return {
      secondsElapsed: (performance.now() - this.started) / 1000,
      secondsInRuntime: this.program.secondsInside + (this.heldOut?.secondsInside ?? 0),
    }
  }
}

function isMultiple(step: number, every: number): boolean {
  return every > 0 && step % every === 0
}

function nextMultiple(step: number, every: number): number {
  return every > 0 ? (Math.floor(step / every) + 1) * every : Number.POSITIVE_INFINITY
}

function meanOf(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total / values.length
}
