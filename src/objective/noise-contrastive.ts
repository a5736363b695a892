import * as f from '../engine/index.ts'
import { momentsGaussian } from './moments-gaussian.ts'
import type { Objective } from './objective.ts'
import { atVectors, drawn } from './points.ts'
import { wholeSetting } from './settings.ts'

/**
 * −E_data ln h(x) − ν E_noise ln(1 − h(y)), h(u) = 1/(1 + ν q(u) e^{E(u)}): tells data from ν as many draws of a known density q,
 * the Gaussian of the training points' mean and covariance.
 *
 * It is least where e^{−E} is the density of the data itself, normaliser included: the model's constant is learned like any
 * parameter, and then −E is a log-density in nats. Exact in the limit of many points for every ν and q that covers the data; the
 * further q is from the data, the more points it takes, so in many dimensions it learns slowly.
 * Gutmann & Hyvärinen 2012.
 */
export const noiseContrastive: Objective<'energy'> = {
  name: 'noise-contrastive',
  summary: 'tells data from draws of a Gaussian; finds the normaliser of an energy, too',
  source: 'Gutmann & Hyvärinen 2012',
  needs: ['energy'],
  levels: 'one',
  settings: { ratio: { default: 1, summary: 'draws of the Gaussian for each training point' } },
  draws: ({ event, settings }) => ({
    contrast: { of: 'normal', shape: [wholeSetting(settings, 'ratio'), ...event] },
  }),
  heldOut: 'loss',
  losses: (given) => {
    const { data, energy } = atVectors(given)
    const ratio = wholeSetting(given.settings, 'ratio')
    const noise = momentsGaussian(given)
    /** ln p(u) − ln(ν q(u)), whose sigmoid is h. */
    const logOdds = (u: f.Tensor): f.Tensor =>
      f.sub(f.neg(f.add(energy!(u), noise.logDensity(u))), Math.log(ratio))
    const ofData = f.softplus(f.neg(logOdds(data)))
    const ofNoise = Array.from({ length: ratio }, (_, k) =>
      f.softplus(logOdds(noise.points(drawn(given.draws['contrast']!, k)))),
    )
    return { losses: { all: ofNoise.reduce((sum, part) => f.add(sum, part), ofData) } }
  },
}
