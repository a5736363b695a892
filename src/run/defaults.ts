import type { Network, NetworkSize } from '../model/index.ts'
import { type DataScale, proposeNoiseRange, type TrainingConfig } from '../training/index.ts'

/** What the defaults are chosen from. */
export interface DataFacts {
  /** d, the width of an encoded row. */
  readonly dimension: number
  /** Distinct training rows; Infinity for a known density. */
  readonly rows: number
  /** Rows held out. */
  readonly heldOutRows: number
  readonly scale: DataScale
  readonly seed: number
}

/**
 * Everything that a person may leave unsaid, chosen from the data.
 *
 * Steps: enough for about 2 million examples in low dimensions, 2.5 million above. The noise range is measured
 * (`proposeNoiseRange`). Small tables stop early, by the held-out loss.
 */
export function defaultTraining(facts: DataFacts): TrainingConfig {
  const small = facts.dimension <= 3
  const batchSize = small ? 512 : 256
  const steps = small ? 8000 : 6000
  return {
    steps,
    batchSize,
    objective: 'edm',
    optimiser: 'adamw',
    optimiserOptions: {},
    learningRate: small ? 3e-3 : 1e-3,
    schedule: 'cosine',
    warmUpSteps: 100,
    clipNorm: 1,
    emaHalfLifeSteps: 200,
    ...proposeNoiseRange(facts.scale),
    seed: facts.seed,
    evaluateEverySteps: 500,
    checkpointEverySteps: 1000,
    patienceEvaluations: facts.heldOutRows > 0 ? 6 : 0,
    stepsPerCall: 25,
  }
}

/** The network's size by its own rule for data like these. */
export function defaultSize(network: Network, facts: Pick<DataFacts, 'dimension' | 'rows'>): NetworkSize {
  return network.defaultSize(facts)
}
