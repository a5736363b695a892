import * as f from '../engine/index.ts'
import { langevin } from './langevin.ts'
import type { LossGiven, Objective } from './objective.ts'
import { atVectors } from './points.ts'
import { positiveSetting, shareSetting, wholeSetting } from './settings.ts'

/** Settings of chains that walk along the model's score. */
export const chainSettings = {
  steps: { default: 20, summary: 'steps of Langevin for each point' },
  step: {
    default: 0.01,
    summary: "ε of x ← x + (ε/2)s + √ε z, in units of the data's variance",
  },
} as const

/**
 * E(x) − E(x⁻), x⁻ the end of a short Langevin chain that starts at the training point x: the gradient lowers the energy of data
 * and raises that of where the model takes them. Nothing flows back through the chain.
 *
 * Biased twice. The chain is not the model's: its gradient is zero at the truth only because a chain that starts at data is then at
 * rest. And Langevin steps of size ε rest at a law that is the model's up to O(ε): of N(0, 1/θ), at variance 1/(θ(1 − εθ/4)),
 * so that the θ found is that of θ(1 − εθ/4) = 1/variance. Energies far from all data, where no chain comes, are not learned:
 * `persistent-contrastive-divergence` goes there. The loss does not say which weights are better.
 * Hinton 2002.
 */
export const contrastiveDivergence: Objective<'energy' | 'score'> = {
  name: 'contrastive-divergence',
  summary: 'energy of data against that of short Langevin chains from data',
  source: 'Hinton 2002',
  needs: ['energy', 'score'],
  levels: 'one',
  settings: {
    ...chainSettings,
    magnitude: { default: 0, summary: "weight of the energies' mean square in the loss" },
  },
  draws: ({ event, settings }) => ({
    chain: { of: 'normal', shape: [wholeSetting(settings, 'steps'), ...event] },
  }),
  heldOut: 'none',
  losses: (given) => {
    const end = chainEnd(given, atVectors(given).data)
    return { losses: { all: contrast(given, end) } }
  },
}

/** Where chains from these points end, [B, d]. */
export function chainEnd(given: LossGiven<never>, start: f.Tensor): f.Tensor {
  const { settings, range } = given
  return langevin(start, {
    score: atVectors(given).score,
    draws: given.draws['chain']!,
    epsilon: positiveSetting(settings, 'step') * range.sigmaData ** 2,
  })
}

/**
 * E(x) − E(x⁻) + α(E(x)² + E(x⁻)²), [B], x the training points and α the setting `magnitude`; each chain under its own
 * conditions, those of x unless given.
 */
export function contrast(
  given: LossGiven<never>,
  chains: f.Tensor,
  conditions: LossGiven['conditions'] = given.conditions,
): f.Tensor {
  const { data, energy } = atVectors(given)
  const [low, high] = [energy!(data), atVectors({ ...given, conditions }).energy!(chains)]
  const alpha = shareSetting(given.settings, 'magnitude', Number.POSITIVE_INFINITY)
  const difference = f.sub(low, high)
  return alpha === 0 ? difference : f.add(difference, f.mul(f.add(f.square(low), f.square(high)), alpha))
}
