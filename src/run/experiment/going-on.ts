import { ScorefieldError } from '../../base/index.ts'
import { isTired, type TrainingState } from '../../training/index.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'

/** What changes where a training gets more steps in all. */
export type Longer = Pick<RunConfig['training'], 'steps' | 'patienceEvaluations'>

/**
 * The training settings for more steps in all than were planned. The schedule is then that of the new total, so the learning rate
 * rises again; patience grows with the steps.
 *
 * model: its name, steps: in all. Throws `training/fewer-steps` unless there are more steps than are done.
 */
export function longer(
  before: RunConfig['training'],
  { model, done, steps }: { readonly model: string; readonly done: number; readonly steps: number },
): Longer {
  if (steps <= done)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'training/fewer-steps',
      message: `The run ${model} has done ${done} steps; ${steps} in all leave none to do.`,
      where: 'training.steps',
      hint: `Give more than ${done}, or train a new run.`,
    })
  const { patienceEvaluations } = before
  return {
    steps,
    patienceEvaluations: Math.max(
      patienceEvaluations,
      Math.round((patienceEvaluations * steps) / before.steps),
    ),
  }
}

/** A state to go on from with more steps: patience is counted anew. */
export function withFreshPatience(state: TrainingState): TrainingState {
  return { ...state, evaluationsWithoutBest: 0 }
}

/** Why there is nothing to do: all steps are done, or training stopped early; undefined where there is. */
export function endedBy(
  state: TrainingState,
  { steps, patienceEvaluations }: Longer,
): 'finished' | 'early-stop' | undefined {
  if (state.step >= steps) return 'finished'
  return isTired(state, patienceEvaluations) ? 'early-stop' : undefined
}

/**
 * The settings that a training keeps which starts from a model's weights: they are of this model and of these noise levels. Where another
 * objective is told, its settings and its weighting are its own.
 */
export function keptFrom({ model, training }: RunConfig, told?: string): RunOptions {
  const { objective, objectiveOptions, weighting, sigmaMin, sigmaMax, sigmaData } = training
  const levels = { sigmaMin, sigmaMax, sigmaData }
  if (told !== undefined && told !== objective) return { model, training: levels }
  return { model, training: { objective, objectiveOptions, weighting, ...levels } }
}
