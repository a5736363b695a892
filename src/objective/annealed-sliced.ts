import * as f from '../engine/index.ts'
import { asVectors } from '../family/index.ts'
import type { Objective } from './objective.ts'
import { atVectors, dot } from './points.ts'

/**
 * λ(σ) σ⁴ (‖s(x̃; σ)‖² + 2 vᵀ(∂s/∂x)v)/d, x̃ = x + σz, z ~ N(0, I), v random signs: sliced score matching (with its exact norm) of
 * the noised density of each level, σ and λ(σ) by a weighting.
 *
 * The weights are those of `denoising`: both are λ σ⁴ E‖s − ∇ ln p_σ‖²/d plus a constant in the parameters, and so have the same
 * minimum. Here the target is not told by the noise, so it does with any noise, also one whose own score is not known; it needs
 * one more derivative, and has more variance.  Song, Garg, Shi, Ermon 2019; Song & Ermon 2019.
 */
export const annealedSliced: Objective<'score'> = {
  name: 'annealed-sliced',
  summary: 'sliced score matching at all noise levels',
  source: 'Song & Ermon 2019',
  needs: ['score'],
  levels: 'each',
  settings: {},
  draws: ({ event }) => ({
    noise: { of: 'normal', shape: event },
    probe: { of: 'rademacher', shape: event },
  }),
  heldOut: 'loss',
  losses: (given) => {
    const { data, dimension, score } = atVectors(given)
    const { sigma, weight } = given.level!
    const stretched = f.broadcastTo(f.reshape(sigma, [data.shape[0]!, 1]), data.shape)
    const x = f.variable(f.add(data, f.mul(asVectors(given.draws['noise']!), stretched)))
    const s = score(x)
    const trace = f.jacobianTraceEstimate(s, x, asVectors(given.draws['probe']!))
    const loss = f.add(dot(s, s), f.mul(trace, 2))
    const unit = f.mul(f.mul(weight, f.square(f.square(sigma))), 1 / dimension)
    return { losses: { all: f.mul(loss, unit) } }
  },
}
