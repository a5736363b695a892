import { ScorefieldError } from '../../base/index.ts'
import { type Runtime, sizeOf } from '../../engine/index.ts'
import { type ModelSize, seenEvent } from '../../family/index.ts'
import { networkOf, parameterCount } from '../../nn/index.ts'
import { heldOutExamples, keptWidths, stepCost } from '../../training/index.ts'
import { trainingConfigOf } from '../config/config.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import { builtModel, type ModelRecords, type RunPlan } from './plan.ts'
import { timedSteps } from './timed-steps.ts'

/** What is needed beside the plan. */
export interface TimeAsked {
  /** What a person said. */
  readonly given: RunOptions
  readonly records: ModelRecords
  readonly runtime?: Runtime | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Examples that a network should see at least, by the work that the time allows: n = n₀ √(work/work₀). Twice the work is best
 * divided evenly, between a network of √2 times the numbers and √2 times as many examples.  Hoffmann et al. 2022.
 * n₀, work₀: of clothes of 28 × 28 pixels in two minutes of two cores.
 */
const enough = { examples: 110_000, flops: 1.8e13 }

/** Evaluations of a training of a given time, at most, and the share of the time that they may take. */
const evaluations = { most: 12, share: 0.15 }

/** Checkpoints of it. */
const checkpoints = 12

/** A forward pass takes a third of a step. */
const evaluationShare = 1 / 3

/**
 * The plan of a training that ends at the minute told: the machine is measured by a short trial, the largest network is taken of those
 * that see enough examples, and the steps are those that the rest of the time allows. The number of steps is then fixed, so the run
 * resumes bit for bit; the learning rate has declined when the time is over.
 *
 * A plan without minutes comes back as it is. A size that a person told is kept.
 * Throws `training/steps-and-minutes` where both are told, `training/too-few-minutes` where not even a few steps fit in.
 */
export async function withinMinutes(plan: RunPlan, asked: TimeAsked): Promise<RunPlan> {
  const { minutes } = plan.config.training
  if (minutes === undefined) return plan
  if (asked.given.training?.steps !== undefined)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'training/steps-and-minutes',
      message: 'Steps and minutes are told; the minutes decide how many steps there are.',
      where: 'training.minutes',
      hint: 'Leave one of the two out.',
    })
  const started = performance.now()
  const first = await timedSteps(plan, asked)
  const flops = costOf(plan)
  const rate = flops / first.secondsPerStep
  const fitting = largestThatFits(plan, asked, rate * 60 * minutes)
  // A network of another size runs at another rate.
  const timed = fitting === plan ? first : await timedSteps(fitting, asked)
  const spent = (performance.now() - started) / 1000 + timed.compileSeconds
  const { batchSize } = fitting.config.training
  const evaluated = fitting.prepared.heldOut ? evaluatedExamples(fitting.prepared) : 0
  const evaluationSeconds = (evaluated / batchSize) * evaluationShare * timed.secondsPerStep
  const left = 60 * minutes - spent
  // At the end, each of the power-function averages is evaluated, too.
  const last = fitting.config.training.powerAverages ? keptWidths.length : 0
  const affordable = Math.floor((evaluations.share * left) / evaluationSeconds) - last
  const times = Math.max(1, Math.min(evaluations.most, affordable))
  const steps = Math.floor((left - (times + last) * evaluationSeconds) / timed.secondsPerStep)
  if (!(steps >= checkpoints)) throw tooFewMinutes(minutes, spent, timed.secondsPerStep)
  const { rows } = fitting.prepared.facts
  const passes = (steps * batchSize) / rows
  const seen = Number.isFinite(rows)
    ? `${Number(passes.toPrecision(2))} passes over the ${words(fitting)}`
    : `${steps * batchSize} ${words(fitting)}`
  const note = `In ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} this machine does ${steps} steps (${Number((1000 * timed.secondsPerStep).toPrecision(2))} ms each), ${seen}, with a network of ${parameterCount(fitting.model.parameters)} parameters.`
  return withSteps(fitting, asked.given, { steps, times, note })
}

function withSteps(
  plan: RunPlan,
  given: RunOptions,
  { steps, times, note }: { readonly steps: number; readonly times: number; readonly note: string },
): RunPlan {
  const { config, prepared } = plan
  const {
    warmUpSteps = Math.min(config.training.warmUpSteps, Math.floor(steps / 10)),
    evaluateEverySteps = Math.ceil(steps / times),
    checkpointEverySteps = Math.ceil(steps / checkpoints),
    patienceEvaluations = 0,
  } = given.training ?? {}
  const training: RunConfig['training'] = {
    ...config.training,
    ...{ steps, warmUpSteps, evaluateEverySteps, checkpointEverySteps, patienceEvaluations },
  }
  return {
    ...plan,
    config: { ...config, training },
    prepared: { ...prepared, notes: [...prepared.notes, note] },
  }
}

/**
 * The plan with the largest network that sees enough examples within `work` floating-point operations, the smallest where none does. A
 * size that a person told is kept.
 */
export function largestThatFits(
  plan: RunPlan,
  { given, records }: Pick<TimeAsked, 'given' | 'records'>,
  work: number,
): RunPlan {
  const { config, prepared } = plan
  if (given.model?.size !== undefined) return plan
  const { encoding, facts, source } = prepared
  const network = networkOf(records.network ?? config.model.network)
  const event = seenEvent(records.family, encoding.event)
  const sizes = network.sizes?.({ event, rows: facts.rows }) ?? []
  const own = config.model.size
  const points = { encoding, conditions: source.example.conditions }
  const plans = sizes
    .map((size): ModelSize => ({ ...own, ...keptOf(size, own) }))
    .map((size): RunPlan => {
      if (sameSizes(size, own)) return plan
      const sized = { ...config, model: { ...config.model, size } }
      return { ...plan, config: sized, model: builtModel(sized, records, points) }
    })
  const wanted = enough.examples * Math.sqrt(work / enough.flops)
  const sees = (one: RunPlan): number => (work / costOf(one)) * config.training.batchSize
  return plans.findLast((one) => sees(one) >= wanted) ?? plans[0] ?? plan
}

/** The sizes that the model has. */
function keptOf(size: ModelSize, own: ModelSize): ModelSize {
  return Object.fromEntries(Object.entries(size).filter(([name]) => own[name] !== undefined))
}

function sameSizes(a: ModelSize, b: ModelSize): boolean {
  return Object.keys(b).every((name) => a[name] === b[name])
}

/** Floating-point operations of a step. */
function costOf({ model, config }: RunPlan): number {
  return stepCost({ model, config: trainingConfigOf(config), family: config.model.family }).flops
}

function evaluatedExamples({ heldOut, encoding }: RunPlan['prepared']): number {
  const { rows, repeats } = heldOutExamples(heldOut!.rows.length / sizeOf(encoding.event))
  return rows * repeats
}

/** What the points are called. */
function words({ prepared }: RunPlan): string {
  return prepared.encoding.event.length === 3 ? 'pictures' : 'rows'
}

function tooFewMinutes(minutes: number, spent: number, secondsPerStep: number): ScorefieldError {
  const short = (value: number): string => String(Number(value.toPrecision(2)))
  return new ScorefieldError({
    kind: 'usage',
    code: 'training/too-few-minutes',
    message: `${minutes} minutes are too few: compiling and measuring took ${short(spent)} seconds, and a step takes ${short(secondsPerStep)}.`,
    where: 'training.minutes',
    hint: 'Give more minutes, or a smaller model.size.',
  })
}
