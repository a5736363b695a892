import * as f from '../engine/index.ts'
import { perPoint } from '../family/index.ts'
import { twoPlayers, variety, watchVariety } from './adversarial-tells.ts'
import type { Objective } from './objective.ts'
import { shareSetting, wholeSetting } from './settings.ts'

/**
 * Two players. Critic: D(G(z)) − D(x) + λ (σ_d ‖∇D(x̂)‖ − 1)², x̂ = u x + (1 − u) G(z), u uniform; generator: −D(G(z)).
 *
 * A critic of slope at most 1 finds sup_D E[D(x)] − E[D(G(z))] = W₁/σ_d, the Wasserstein distance of data and made rows in
 * units of σ_d; the penalty asks for slope 1 between them, where the best critic has it. Gulrajani et al. 2017.
 * The generator learns every `criticSteps` steps, so that the critic is close to its best. The paper has λ = 10 and 5 steps, for
 * pictures; on rows of unit size, λ = 1 and 2 steps came closer to known mixtures in as many steps.
 */
export const wasserstein: Objective<'generate' | 'critic'> = {
  name: 'wasserstein',
  summary:
    'generator against critic by the Wasserstein distance, gradient penalty between real and made rows',
  source: 'Arjovsky, Chintala, Bottou 2017; Gulrajani et al. 2017',
  needs: ['generate', 'critic'],
  levels: 'one',
  settings: {
    penalty: { default: 1, summary: 'λ, weight of (‖∇D‖ − 1)² between real and made rows' },
    criticSteps: { default: 2, summary: 'steps of the critic for each of the generator' },
  },
  draws: ({ model }) => ({ ...model.draws!.generate!, between: { of: 'uniform', shape: [] } }),
  players: (settings) => twoPlayers(wholeSetting(settings, 'criticSteps')),
  heldOut: 'none',
  watches: [watchVariety],
  losses: ({ can, values, data, conditions, draws, settings, range }) => {
    const { between, ...drawn } = draws
    const made = can.generate(values, drawn, { conditions })
    const ofData = can.critic(values, { x: data, conditions })
    const ofMade = can.critic(values, { x: made, conditions })
    const penalty = f.withLabel('gradient penalty', () => {
      const place = f.variable(f.add(made, f.mul(perPoint(between!, data), f.sub(data, made))))
      const slope = f.grad(f.sum(can.critic(values, { x: place, conditions })), [place])[0]!
      const axes = data.shape.slice(1).map((_, axis) => axis + 1)
      const length = f.mul(f.norm(slope, { axes }), range.sigmaData)
      return f.mul(f.square(f.sub(length, 1)), shareSetting(settings, 'penalty', Number.POSITIVE_INFINITY))
    })
    return {
      losses: { critic: f.add(f.sub(ofMade, ofData), penalty), generator: f.neg(ofMade) },
      tells: { variety: variety(made, data) },
    }
  },
}
