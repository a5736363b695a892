import { byName, ScorefieldError } from '../base/index.ts'
import { type Named, sizeOf } from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import { startValues } from '../nn/index.ts'
import type { Objective } from '../objective/index.ts'
import type { TrainingConfig } from './config.ts'
import type { TrainingState } from './events.ts'
import type { Learning } from './learning.ts'
import { optimisers } from './optimisers.ts'
import { keptWidths, powerGroup } from './power-average.ts'
import { chainsGroup } from './step.ts'

/**
 * The state at step 0: parameters as they are given or as the seed has them, averages equal to them, moments zero, what the
 * objective keeps as new. Throws `training/start-does-not-fit`.
 */
export function startState(
  learning: Learning,
  config: TrainingConfig,
  given?: Named<Float32Array> | undefined,
): TrainingState {
  const { objective, facts } = learning
  const optimiser = byName(optimisers, config.optimiser, 'optimiser')
  const start = given ? fittingStart(given, facts.model) : startValues(facts.model.parameters, config.seed)
  const zeros = Object.fromEntries(
    Object.entries(start).map(([name, values]) => [name, new Float32Array(values.length)]),
  )
  const moments = Object.fromEntries(optimiser.moments.map((moment) => [moment, zeros]))
  const widths = config.powerAverages ? keptWidths : []
  const averages = Object.fromEntries(widths.map((width) => [powerGroup(width), start]))
  requireStart(objective, given !== undefined)
  const kept = objective.startState?.(facts, config.seed, start)
  return {
    step: 0,
    groups: { model: start, ema: start, ...averages, ...moments, ...(kept ? { [chainsGroup]: kept } : {}) },
    bestLoss: null,
    bestStep: 0,
    evaluationsWithoutBest: 0,
  }
}

/** Throws `training/needs-start` where an objective learns from a trained model, and none is given. */
export function requireStart({ name, startsFromModel }: Objective, isGiven: boolean): void {
  if (isGiven || !startsFromModel) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'training/needs-start',
    message: `The objective "${name}" learns from a trained model; there is none to start from.`,
    hint: 'Train one by the objective "denoising" first; then give its run: train DATA --from RUN, or `from` in a program.',
  })
}

/** The values of the model's parameters, which must be there, each of its size, and no others. */
function fittingStart(given: Named<Float32Array>, { parameters }: Model): Named<Float32Array> {
  const wrong = [...new Set([...Object.keys(parameters), ...Object.keys(given)])].find(
    (name) => parameters[name] === undefined || given[name]?.length !== sizeOf(parameters[name].shape),
  )
  if (wrong === undefined) return given
  const [wanted, found] = [parameters[wrong], given[wrong]]
  const asks = wanted ? `[${wanted.shape.join(', ')}], ${sizeOf(wanted.shape)} numbers` : 'no such parameter'
  throw new ScorefieldError({
    kind: 'usage',
    code: 'training/start-does-not-fit',
    message: `The weights to start from do not fit the model: for "${wrong}" it has ${asks}; given is ${found ? `[${found.length}]` : 'nothing'}.`,
    where: wrong,
    hint: 'Start from weights of a model of the same family, network, sizes and columns.',
  })
}

/** The weights kept, the least loss, and how many evaluations came after it. */
export type BestSoFar = Pick<
  TrainingState,
  'best' | 'bestLoss' | 'bestStandardError' | 'bestStep' | 'evaluationsWithoutBest'
>

/**
 * The record after one more evaluation: of these weights, with this held-out loss.
 *
 * Kept are the latest weights whose loss is within one standard error of the least: so small a difference is that of the rows, and
 * weights late in the schedule, where the learning rate has declined, carry less noise of the last batches.
 * The error is that of the least loss: weights of which some points are lost altogether have a large loss, and an even larger error.
 * Breiman, Friedman, Olshen, Stone 1984 (the one-standard-error rule).
 */
export function afterEvaluation(
  record: BestSoFar,
  evaluated: {
    readonly step: number
    readonly loss: number
    readonly standardError: number
    readonly weights: TrainingState['best'] & {}
  },
): BestSoFar {
  const { step, loss, standardError, weights } = evaluated
  const { bestLoss, bestStandardError = standardError, evaluationsWithoutBest } = record
  if (bestLoss === null || loss < bestLoss)
    return {
      ...{ best: weights, bestLoss: loss, bestStep: step, evaluationsWithoutBest: 0 },
      bestStandardError: standardError || 0,
    }
  const after = { ...record, evaluationsWithoutBest: evaluationsWithoutBest + 1 }
  return loss <= bestLoss + (bestStandardError || 0) ? { ...after, best: weights, bestStep: step } : after
}

/** Whether so many evaluations came after the least loss that training should end. */
export function isTired(record: BestSoFar, patienceEvaluations: number): boolean {
  return patienceEvaluations > 0 && record.evaluationsWithoutBest >= patienceEvaluations
}
