import { ScorefieldError } from '../base/index.ts'
import type { Objective } from '../objective/index.ts'
import type { TrainingConfig } from './config.ts'
import type { TrainingEvent } from './events.ts'
import { type TrainingTask, train } from './trainer.ts'

/** What differs between trainings of networks that help with something else. */
export interface AuxiliaryTask extends Omit<TrainingTask, 'config' | 'objective'> {
  readonly objective: Objective
  readonly config: Pick<TrainingConfig, 'steps' | 'seed' | 'batchSize' | 'learningRate' | 'stepsPerCall'> &
    Partial<Pick<TrainingConfig, 'optimiserOptions'>>
  /** Steps of linear rise, at most; a tenth of all where that is less. */
  readonly mostWarmUpSteps: number
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Trains a network that helps with something else than sampling, such as features to judge by: of one level, by AdamW, with a rate that falls as
 * a cosine, averaged weights, and neither evaluations nor checkpoints. Gives the last event, also where a signal stopped it: whoever asks
 * keeps what was done, and throws the signal's reason.
 */
export async function trainAuxiliary(
  task: AuxiliaryTask,
): Promise<Extract<TrainingEvent, { readonly type: 'done' }>> {
  const { config, mostWarmUpSteps, onProgress, ...rest } = task
  const { steps } = config
  const events = train({
    ...rest,
    config: {
      objective: task.objective.name,
      objectiveOptions: {},
      weighting: '',
      optimiser: 'adamw',
      optimiserOptions: {},
      schedule: 'cosine',
      warmUpSteps: Math.min(mostWarmUpSteps, Math.ceil(steps / 10)),
      clipNorm: 1,
      emaHalfLifeSteps: Math.max(1, steps / 50),
      ...{ sigmaMin: 0, sigmaMax: 0, sigmaData: 1 },
      ...{ evaluateEverySteps: 0, checkpointEverySteps: 0, patienceEvaluations: 0 },
      ...config,
    },
  })
  for await (const event of events) {
    if (event.type === 'step') onProgress?.(event.step, steps)
    if (event.type === 'done') return event
  }
  throw new ScorefieldError({
    kind: 'internal',
    code: 'internal/no-end-of-training',
    message: `The training of the ${task.family} told no end.`,
  })
}
