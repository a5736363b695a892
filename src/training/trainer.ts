import type { RowSource } from '../data/rows.ts'
import { byName } from '../engine/by-name.ts'
import * as f from '../engine/index.ts'
import { ScorefieldError } from '../engine/index.ts'
import { parameterCount, type TrainableDenoiser } from '../model/index.ts'
import { objectives } from '../objective/index.ts'
import { BatchMaker } from './batches.ts'
import { averageRate, type TrainingConfig } from './config.ts'
import { allFinite, diagnose } from './diagnose.ts'
import type { TrainingEvent, TrainingState } from './events.ts'
import { HeldOut } from './held-out.ts'
import { NoiseBins } from './noise-bins.ts'
import { optimisers } from './optimisers.ts'
import { schedules } from './schedule.ts'
import { coefficientNames, trainingStep } from './step.ts'

/** What a training run works on. */
export interface TrainingTask {
  readonly model: TrainableDenoiser
  readonly config: TrainingConfig
  readonly data: RowSource
  /** Rows never trained on, [n, d]; without them there is no held-out loss and no early stopping. */
  readonly heldOut?: { readonly rows: Float32Array; readonly conditions: Float32Array }
  readonly runtime?: f.Runtime
  /** Where an earlier run stopped; the run goes on from there, bit for bit as if it had not. */
  readonly resume?: TrainingState
  /** Stops after the steps under way, with a last checkpoint. */
  readonly signal?: AbortSignal
}

/** The state at step 0: parameters as the seed has them, averages equal to them, moments zero. */
export function startState(model: TrainableDenoiser, config: TrainingConfig): TrainingState {
  const optimiser = byName(optimisers, config.optimiser, 'optimiser')
  const start = model.start(config.seed)
  const zeros = Object.fromEntries(
    Object.entries(start).map(([name, v]) => [name, new Float32Array(v.length)]),
  )
  const moments = optimiser.moments.map((moment) => [moment, zeros] as const)
  return {
    step: 0,
    groups: { model: start, ema: start, ...Object.fromEntries(moments) },
    bestLoss: null,
    bestStep: 0,
    evaluationsWithoutBest: 0,
  }
}

/**
 * Trains a denoiser, telling what happens as events; the last is `done`, with the final state.
 *
 * The same task gives the same bits on the same device, however often it is stopped and resumed.
 * @throws ScorefieldError `training/not-finite` where the loss or a gradient is NaN or infinite: it names the layer, the
 * noise level and the examples; the last checkpoint event holds the last good state.
 */
export async function* train(task: TrainingTask): AsyncGenerator<TrainingEvent> {
  const { model, config, data, signal } = task
  const started = performance.now()
  const elapsed = (): number => (performance.now() - started) / 1000
  const optimiser = byName(optimisers, config.optimiser, 'optimiser')
  const options = knownOptions(optimiser.defaults, config.optimiserOptions, config.optimiser)
  const schedule = byName(schedules, config.schedule, 'schedule')
  const objective = byName(objectives, config.objective, 'objective')
  const range = { sigmaMin: config.sigmaMin, sigmaMax: config.sigmaMax, sigmaData: config.sigmaData }
  const batches = new BatchMaker({ source: data, objective, range, seed: config.seed, name: 'training' })
  const program = await f.compile(trainingStep(model, optimiser, config.batchSize), {
    loop: true,
    ...(task.runtime ? { runtime: task.runtime } : {}),
  })
  const heldOut = task.heldOut
    ? await HeldOut.prepare({ ...task, heldOut: task.heldOut, objective, range })
    : undefined
  const bins = new NoiseBins(range)
  const names = coefficientNames(optimiser)

  let state = task.resume ?? startState(model, config)
  let { step } = state
  program.setState(state.groups)
  const cost = program.cost()
  yield {
    type: 'start',
    step,
    steps: config.steps,
    parameters: parameterCount(model.parameters),
    operations: cost.operations,
    flopsPerStep: cost.flops,
    compileSeconds: elapsed(),
  }

  const learningRate = (at: number): number =>
    config.learningRate * schedule.factor(at, config.steps, config.warmUpSteps)
  const coefficients = (from: number, steps: number): Float32Array => {
    const values = new Float32Array(steps * names.length)
    for (let k = 0; k < steps; k++) {
      const at = from + k + 1
      const named: Record<string, number> = {
        ...optimiser.schedule(at, learningRate(at), options),
        averageRate: averageRate(at, config.emaHalfLifeSteps),
        clipNorm: config.clipNorm > 0 ? config.clipNorm : 3e38,
      }
      names.forEach((name, i) => {
        values[k * names.length + i] = named[name]!
      })
    }
    return values
  }
  const currentState = async (): Promise<TrainingState> => ({
    ...state,
    step,
    groups: (await program.getState()) as TrainingState['groups'],
  })

  let reason: 'finished' | 'early-stop' | 'interrupted' = 'finished'
  try {
    while (step < config.steps) {
      if (signal?.aborted) {
        reason = 'interrupted'
        break
      }
      const next = Math.min(
        step + config.stepsPerCall,
        config.steps,
        nextMultiple(step, config.evaluateEverySteps),
        nextMultiple(step, config.checkpointEverySteps),
      )
      const steps = next - step
      const inputs = {
        ...batches.make(step * config.batchSize, steps * config.batchSize),
        coefficients: coefficients(step, steps),
      }
      const before = program.snapshot()
      const { loss, gradientNorm } = await program.run(inputs, steps)
      if (!allFinite(loss!) || !allFinite(gradientNorm!)) {
        program.restore(before)
        throw await explainNotFinite({
          task,
          program,
          inputs,
          loss: loss!,
          gradientNorm: gradientNorm!,
          step,
        })
      }
      step = next
      bins.add(inputs.sigma, loss!)
      yield {
        type: 'step',
        step,
        steps: config.steps,
        loss: meanOf(loss!),
        gradientNorm: meanOf(gradientNorm!),
        learningRate: learningRate(step),
        secondsElapsed: elapsed(),
        secondsInRuntime: program.secondsInside + (heldOut?.secondsInside ?? 0),
      }
      if (step % config.evaluateEverySteps === 0 || step === config.steps) {
        const measured = heldOut
          ? await heldOut.loss((await program.getState())['ema'] as f.Named<Float32Array>)
          : undefined
        const best = measured !== undefined && (state.bestLoss === null || measured.mean < state.bestLoss)
        if (best) {
          const weights = (await program.getState())['ema'] as Record<string, Float32Array>
          state = {
            ...state,
            best: weights,
            bestLoss: measured.mean,
            bestStep: step,
            evaluationsWithoutBest: 0,
          }
        } else if (measured) state = { ...state, evaluationsWithoutBest: state.evaluationsWithoutBest + 1 }
        yield {
          type: 'evaluation',
          step,
          heldOutLoss: measured?.mean ?? null,
          heldOutStandardError: measured?.standardError ?? null,
          best,
          lossByNoiseLevel: bins.take(),
        }
      }
      const tired =
        config.patienceEvaluations > 0 && state.evaluationsWithoutBest >= config.patienceEvaluations
      if (tired) {
        reason = 'early-stop'
        break
      }
      if (step % config.checkpointEverySteps === 0 && step < config.steps)
        yield { type: 'checkpoint', step, state: await currentState() }
    }
    const final = await currentState()
    yield { type: 'checkpoint', step, state: final }
    yield {
      type: 'done',
      step,
      reason,
      state: final,
      secondsElapsed: elapsed(),
      secondsInRuntime: program.secondsInside + (heldOut?.secondsInside ?? 0),
    }
  } finally {
    await program.dispose()
    await heldOut?.dispose()
  }
}

function nextMultiple(step: number, every: number): number {
  return every > 0 ? (Math.floor(step / every) + 1) * every : Number.POSITIVE_INFINITY
}

function meanOf(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total / values.length
}

/** Defaults with overrides, none of them unknown. */
function knownOptions(
  defaults: Readonly<Record<string, number>>,
  overrides: Readonly<Record<string, number>>,
  optimiser: string,
): Readonly<Record<string, number>> {
  for (const name of Object.keys(overrides))
    if (!(name in defaults))
      throw new ScorefieldError({
        kind: 'usage',
        code: 'training/unknown-option',
        message: `The optimiser "${optimiser}" has no option "${name}".`,
        hint: `It has: ${Object.keys(defaults).join(', ')}.`,
      })
  return { ...defaults, ...overrides }
}

/** Finds the step, the layer and the noise level at which a number stopped being finite. */
async function explainNotFinite(given: {
  task: TrainingTask
  program: f.Program
  inputs: Record<string, f.HostArray>
  loss: f.HostArray
  gradientNorm: f.HostArray
  step: number
}): Promise<ScorefieldError> {
  const { task, program, inputs, loss, gradientNorm, step } = given
  const { batchSize } = task.config
  let failed = 0
  while (
    allFinite(loss.subarray(failed * batchSize, (failed + 1) * batchSize)) &&
    Number.isFinite(gradientNorm[failed]!)
  )
    failed++
  const part = (from: number, to: number): Record<string, f.HostArray> =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, data]) => {
        const size = (data.length * batchSize) / loss.length
        return [name, data.subarray(from * size, to * size)]
      }),
    )
  if (failed > 0) await program.run(part(0, failed), failed)
  const { model } = await program.getState()
  const batch = part(failed, failed + 1)
  const found = diagnose(task.model, model!, batch)
  const first = (step + failed) * batchSize
  const where = found
    ? found.row < 0
      ? `${found.layer} is not finite`
      : `${found.layer} (${found.operation}) is not finite for noise level σ = ${found.sigma.toPrecision(4)}, example ${first + found.row}`
    : 'the forward pass is finite, its gradient is not'
  return new ScorefieldError({
    kind: 'internal',
    code: 'training/not-finite',
    message: `Training stopped at step ${step + failed + 1}: ${where}.`,
    where: `step ${step + failed + 1}, examples ${first} to ${first + batchSize - 1}`,
    hint: 'The last checkpoint is good. Resume with a lower --learning-rate, or look for extreme values in the data.',
  })
}
