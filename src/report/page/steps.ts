import { duration } from '../../base/index.ts'
import { fixed, number } from '../../evaluation/index.ts'

/** Which weights of a run are used: the averaged ones chosen by held-out loss, the averaged ones, or as trained. */
export interface UsedWeights {
  readonly kind: 'best' | 'ema' | 'model'
  /** The step that they are of; of the best ones that of their evaluation, not of the checkpoint that holds them. */
  readonly step: number
}

/** How far a training went and what it kept. */
export interface TrainingSteps {
  /** Steps done, and the time that they took. */
  readonly steps: number
  readonly seconds?: number
  /** Name of the run whose weights it started from; absent where it started anew. */
  readonly startedFrom?: string
  /** Why it ended: finished, early-stop, interrupted; absent where that is not known. */
  readonly reason?: string
  readonly weights: UsedWeights
  /** The least held-out loss that is known and how many evaluations are; absent where nothing was held out. */
  readonly least?: LeastLoss
  /** The held-out loss of the weights used, where it is known. */
  readonly usedLoss?: number | undefined
}

/** The least of the held-out losses. */
export interface LeastLoss {
  readonly step: number
  readonly loss: number
  readonly standardError?: number | null
  /** Of how many evaluations, and how many came after it; absent where only it is known. */
  readonly evaluations?: number
  readonly after?: number
}

/** The least loss of a log, the first of equals, as training keeps it; undefined where there is none. */
export function leastLossOf(log: {
  readonly step: readonly number[]
  readonly loss: readonly number[]
  readonly standardError?: readonly (number | null)[]
}): LeastLoss | undefined {
  const { step, loss, standardError } = log
  if (loss.length === 0) return undefined
  const at = loss.indexOf(Math.min(...loss))
  return {
    step: step[at]!,
    loss: loss[at]!,
    standardError: standardError?.[at] ?? null,
    evaluations: loss.length,
    after: loss.length - 1 - at,
  }
}

/** Where held-out loss turned. */
export interface TurningPoint {
  /** Of the least held-out loss. */
  readonly step: number
  readonly loss: number
  /** Whether the last held-out loss is above the least one by more than its standard error, while training went on. */
  readonly learnsByHeart: boolean
}

/** Where the held-out loss of a log was least, and whether it rose from there; undefined where nothing was held out. */
export function turningPointOf(log: Parameters<typeof leastLossOf>[0]): TurningPoint | undefined {
  const least = leastLossOf(log)
  if (least === undefined) return undefined
  const { step, loss, standardError } = least
  const error = typeof standardError === 'number' && Number.isFinite(standardError) ? standardError : 0
  return { step, loss, learnsByHeart: log.loss.at(-1)! > loss + error }
}

/** The turning point in words. */
export function turningText({ step, learnsByHeart }: TurningPoint): string {
  return `best at step ${fixed(step, 0)}${learnsByHeart ? '; later the model learns rows by heart' : ''}`
}

/** How a training of a report ended, and which weights are used. */
export function trainingSentences(
  training: TrainingSteps & { readonly heldOut: Parameters<typeof leastLossOf>[0] },
): string[] {
  const least = leastLossOf(training.heldOut)
  const usedLoss = training.heldOut.loss[training.heldOut.step.indexOf(training.weights.step)]
  const steps = { ...training, ...(least && { least }), usedLoss }
  const { startedFrom } = training
  const origin = startedFrom === undefined ? [] : [`It started from the weights of the run ${startedFrom}.`]
  return [...origin, endSentence(steps), weightsSentence(steps)]
}

/** What figures of privacy do not see where a training started from another run; undefined where it started anew. */
export function unseenRowsSentence({ startedFrom }: Pick<TrainingSteps, 'startedFrom'>): string | undefined {
  return startedFrom === undefined
    ? undefined
    : `The training started from the weights of the run ${startedFrom}. Its training rows may show through as well; no figure here looks for them.`
}

/** How a training ended and after how many steps. */
export function endSentence({ steps, seconds, reason, least }: TrainingSteps): string {
  const done = `${fixed(steps, 0)} step${steps === 1 ? '' : 's'}${seconds === undefined ? '' : ` in ${duration(seconds)}`}`
  if (reason === 'finished') return `It ran to its end: ${done}.`
  if (reason === 'interrupted') return `It was interrupted, after ${done}.`
  if (reason !== 'early-stop') return `How it ended is not in the log: ${done}.`
  const after =
    least?.after === undefined ? '' : ` in ${least.after} evaluation${least.after === 1 ? '' : 's'}`
  return `It stopped early, after ${done}: no held-out loss${after} had been smaller than that of step ${fixed(least?.step ?? 0, 0)}.`
}

const names = {
  best: 'the averaged weights',
  ema: 'the averaged weights',
  model: 'the weights as trained, not averaged,',
} as const

/** Which weights are used, and what the held-out losses say of them; never two steps without saying what each is. */
export function weightsSentence({ steps, weights, least, usedLoss }: TrainingSteps): string {
  const used = `The run uses ${names[weights.kind]} of step ${fixed(weights.step, 0)} of ${fixed(steps, 0)}`
  if (least === undefined)
    return weights.kind === 'best'
      ? `${used}, kept as the best; the log holds no held-out loss.`
      : `${used}; no held-out loss chose among them.`
  if (least.step === weights.step)
    return `${used}, where the held-out loss was least: ${lossText(least)}${evaluationsText(least)}.`
  const lowest = `The held-out loss was least at step ${fixed(least.step, 0)}, ${lossText(least)}${evaluationsText(least)}`
  if (weights.kind !== 'best') return `${used}. ${lowest}; the weights of that step are not those used.`
  return least.step > weights.step
    ? `${used}. ${lowest}; the weights of that step are not in the checkpoint.`
    : `${used}. ${lowest}; ${usedLoss === undefined ? 'later weights' : `these later weights, of ${number(usedLoss)},`} are kept unless their loss is higher by more than its standard error.`
}

function lossText({ loss, standardError }: LeastLoss): string {
  // Of one row there is no standard error.
  const error = typeof standardError === 'number' && Number.isFinite(standardError)
  return error ? `${fixed(loss, 4)} ± ${fixed(standardError, 4)}` : number(loss, 4)
}

function evaluationsText({ evaluations }: LeastLoss): string {
  return evaluations === undefined ? '' : `, of ${evaluations} evaluation${evaluations === 1 ? '' : 's'}`
}
