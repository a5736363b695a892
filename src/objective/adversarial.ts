import * as f from '../engine/index.ts'
import { sureness, twoPlayers, variety, watchSureness, watchVariety } from './adversarial-tells.ts'
import type { Objective } from './objective.ts'
import { shareSetting } from './settings.ts'

/**
 * Two players. Critic: softplus(−D(x)) + softplus(D(G(z))) + ½γ σ_d² ‖∇ₓD(x)‖², the penalty on real rows only (R1);
 * generator: softplus(−D(G(z))), the non-saturating loss.
 *
 * Against the best critic D = log p − log q of a generator with density q, the first two terms are 2 ln 2 less twice the
 * Jensen–Shannon divergence: least for the generator at q = p, where D = 0. There the penalty is 0 too, so it moves no
 * optimum; without it the players circle around it. Goodfellow et al. 2014; Mescheder, Geiger, Nowozin 2018.
 */
export const adversarial: Objective<'generate' | 'critic'> = {
  name: 'adversarial',
  summary: 'generator against critic: non-saturating, gradient penalty on real rows',
  source: 'Goodfellow et al. 2014; Mescheder, Geiger, Nowozin 2018',
  needs: ['generate', 'critic'],
  levels: 'one',
  settings: {
    penalty: { default: 0.1, summary: 'γ, weight of ½‖∇D‖² on real rows, in units of the data' },
  },
  draws: ({ model }) => model.draws!.generate!,
  players: () => twoPlayers(1),
  heldOut: 'none',
  watches: [watchVariety, watchSureness],
  losses: ({ can, values, data, conditions, draws, settings, range }) => {
    const made = can.generate(values, draws, { conditions })
    const real = f.variable(data)
    const ofData = can.critic(values, { x: real, conditions })
    const ofMade = can.critic(values, { x: made, conditions })
    const slope = f.withLabel('gradient penalty', () => f.grad(f.sum(ofData), [real])[0]!)
    const axes = data.shape.slice(1).map((_, axis) => axis + 1)
    const penalty = f.mul(
      f.sum(f.square(slope), { axes }),
      0.5 * shareSetting(settings, 'penalty', Number.POSITIVE_INFINITY) * range.sigmaData ** 2,
    )
    return {
      losses: {
        critic: f.add(f.add(f.softplus(f.neg(ofData)), f.softplus(ofMade)), penalty),
        generator: f.softplus(f.neg(ofMade)),
      },
      tells: { variety: variety(made, data), sureness: sureness(ofData, ofMade) },
    }
  },
}
