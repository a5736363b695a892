import type { Family, FamilyTraining, ModelSize } from '../../family/index.ts'
import { type Network, networks } from '../../nn/index.ts'
import { weightings } from '../../objective/index.ts'
import { type DataScale, proposeNoiseRange, type TrainingConfig } from '../../training/index.ts'

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

/** Training of a family that says nothing of its own. */
const usual: FamilyTraining = { passes: 120, fewestSteps: 1500, evaluateEverySteps: 250, weightDecay: 0 }

/**
 * Everything that a person may leave unsaid, chosen from the data.
 *
 * Steps: about 120 passes over the rows, within 1,500 and 16,000 steps: fewer leave a table half learned, more learn its
 * rows by heart. A known density never runs out of fresh rows and gets 6,000. The noise range is measured
 * (`proposeNoiseRange`). Training stops early when the held-out loss has not
 * fallen for two fifths of the steps: it rests while the learning rate is high, and falls again as that declines.
 * A family may see rows less often, and let its weights decay (`Family.training`).
 *
 * Strays are as many as a dozen rows: in 120 passes over the rows the network sees some 1,400 of them, enough to learn that there are
 * rows like no other, too few to show in samples.
 */
export function defaultTraining(facts: DataFacts & { readonly family: Family }): TrainingConfig {
  const small = facts.dimension <= 3
  const batchSize = small ? 512 : 256
  const own = facts.family.training?.(facts)
  const { passes, fewestSteps, evaluateEverySteps, weightDecay } = own ?? usual
  const forPasses = Math.round((passes * facts.rows) / batchSize / 100) * 100
  const steps =
    facts.rows === Number.POSITIVE_INFINITY ? 6000 : Math.min(16_000, Math.max(fewestSteps, forPasses))
  return {
    steps,
    batchSize,
    objective: facts.family.objective,
    objectiveOptions: {},
    weighting: weightings[0]!.name,
    optimiser: 'adamw',
    optimiserOptions: weightDecay > 0 ? { weightDecay } : {},
    learningRate: small ? 2e-3 : 1e-3,
    schedule: 'cosine',
    warmUpSteps: 100,
    clipNorm: 1,
    emaHalfLifeSteps: 200,
    ...proposeNoiseRange(facts.scale),
    strayShare: Math.min(0.003, 12 / facts.rows),
    seed: facts.seed,
    evaluateEverySteps,
    checkpointEverySteps: 500,
    patienceEvaluations:
      facts.heldOutRows > 0 ? Math.max(6, Math.round((0.4 * steps) / evaluateEverySteps)) : 0,
    stepsPerCall: 25,
  }
}

/** The model's size by the family's own rule for data like these. */
export function defaultSize(
  family: Family,
  { dimension, rows }: Pick<DataFacts, 'dimension' | 'rows'>,
  network: string | Network = networks[0]!.name,
): ModelSize {
  return family.defaultSize({ dimension, rows, network })
}
