import type { Shape } from '../../engine/index.ts'
import { type Family, type FamilyTraining, type ModelSize, seenEvent } from '../../family/index.ts'
import { type Network, usualNetwork } from '../../nn/index.ts'
import { edm, edmPictures } from '../../objective/index.ts'
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
 * A point that is no row, such as a picture, holds hundreds of numbers that are learned from, so batches have 32 of them, and calls have
 * few steps. In the time that people give it a network is far from learned out, and it learns most at a high rate that falls late.
 *
 * Strays are as many as a dozen rows: in 120 passes over the rows the network sees some 1,400 of them, enough to learn that there are
 * rows like no other, too few to show in samples.
 */
export function defaultTraining(
  facts: DataFacts & {
    readonly family: Family
    readonly event?: Shape | undefined
    readonly network?: Network | undefined
  },
): TrainingConfig {
  const { event = [facts.dimension] } = facts
  const small = facts.dimension <= 3
  const isRow = event.length === 1
  const batchSize = small ? 512 : isRow ? 256 : 32
  const own = facts.family.training?.({ event, rows: facts.rows })
  const { passes, fewestSteps, evaluateEverySteps, weightDecay } = own ?? usual
  const forPasses = Math.round((passes * facts.rows) / batchSize / 100) * 100
  const steps =
    facts.rows === Number.POSITIVE_INFINITY ? 6000 : Math.min(16_000, Math.max(fewestSteps, forPasses))
  return {
    steps,
    batchSize,
    objective: facts.family.objective,
    objectiveOptions: {},
    weighting: isRow ? edm.name : edmPictures.name,
    optimiser: 'adamw',
    optimiserOptions: weightDecay > 0 ? { weightDecay } : {},
    learningRate: facts.network?.learningRate ?? (small || !isRow ? 2e-3 : 1e-3),
    schedule: isRow ? 'cosine' : 'trapezoid',
    warmUpSteps: 100,
    clipNorm: 1,
    emaHalfLifeSteps: 200,
    ...(isRow ? {} : { powerAverages: true }),
    ...proposeNoiseRange(facts.scale),
    strayShare: isRow ? Math.min(0.003, 12 / facts.rows) : 0,
    seed: facts.seed,
    evaluateEverySteps,
    checkpointEverySteps: 500,
    patienceEvaluations:
      facts.heldOutRows > 0 ? Math.max(6, Math.round((0.4 * steps) / evaluateEverySteps)) : 0,
    stepsPerCall: isRow ? 25 : 4,
  }
}

/** The model's size by the family's own rule for data like these. */
export function defaultSize(
  family: Family,
  { event, rows }: { readonly event: Shape; readonly rows: number },
  network: string | Network = usualNetwork(seenEvent(family, event)),
): ModelSize {
  return family.defaultSize({ event: seenEvent(family, event), rows, network })
}
