import { byName } from '../engine/by-name.ts'
import type { TrainableDenoiser } from '../model/index.ts'
import type { TrainingConfig } from './config.ts'
import type { TrainingState } from './events.ts'
import { optimisers } from './optimisers.ts'

/** The state at step 0: parameters as the seed has them, averages equal to them, moments zero. */
export function startState(model: TrainableDenoiser, config: TrainingConfig): TrainingState {
  const optimiser = byName(optimisers, config.optimiser, 'optimiser')
  const start = model.start(config.seed)
  const zeros = Object.fromEntries(
    Object.entries(start).map(([name, values]) => [name, new Float32Array(values.length)]),
  )
  const moments = Object.fromEntries(optimiser.moments.map((moment) => [moment, zeros]))
  return {
    step: 0,
    groups: { model: start, ema: start, ...moments },
    bestLoss: null,
    bestStep: 0,
    evaluationsWithoutBest: 0,
  }
}

/** The best evaluation so far, and how many came after it. */
export type BestSoFar = Pick<TrainingState, 'best' | 'bestLoss' | 'bestStep' | 'evaluationsWithoutBest'>

/** The record after one more evaluation: of these weights, with this held-out loss. */
export function afterEvaluation(
  record: BestSoFar,
  evaluated: { readonly step: number; readonly loss: number; readonly weights: TrainingState['best'] & {} },
): BestSoFar {
  const { step, loss, weights } = evaluated
  if (record.bestLoss !== null && loss >= record.bestLoss)
    return { ...record, evaluationsWithoutBest: record.evaluationsWithoutBest + 1 }
  return { best: weights, bestLoss: loss, bestStep: step, evaluationsWithoutBest: 0 }
}

/** Whether so many evaluations came after the best that training should end. */
export function isTired(record: BestSoFar, patienceEvaluations: number): boolean {
  return patienceEvaluations > 0 && record.evaluationsWithoutBest >= patienceEvaluations
}
