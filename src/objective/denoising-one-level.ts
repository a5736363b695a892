import * as f from '../engine/index.ts'
import { asVectors } from '../family/index.ts'
import type { Objective } from './objective.ts'
import { atVectors, average, dot, scoreUnit } from './points.ts'
import { positiveSetting } from './settings.ts'

/**
 * ½E‖s(x̃) + z/σ‖² · σ_d²/d without its part ½‖z/σ‖² that no parameter moves, x̃ = x + σz, z ~ N(0, I), σ in units of σ_d:
 * E[½‖s(x̃)‖² + s(x̃)·z/σ] · σ_d²/d, the mean of z and of −z for each point.
 *
 * It learns the density of the noised rows, p * N(0, σ² I), not p: a smaller σ is nearer to p. The target of s is −z/σ, which
 * for an energy is +z/σ on ∇E. The pair (z, −z) takes out the leading part of the gradient's noise, which grows as 1/σ without.
 * Repeated values do no harm here.  Vincent 2011.
 */
export const denoisingOneLevel: Objective<'score'> = {
  name: 'denoising-one-level',
  summary: 'denoising score matching at one noise level: learns the noised density',
  source: 'Vincent 2011',
  needs: ['score'],
  levels: 'one',
  settings: {
    sigma: { default: 0.1, summary: "the noise level, in units of the data's standard deviation" },
  },
  draws: ({ event }) => ({ noise: { of: 'normal', shape: event } }),
  heldOut: 'loss',
  losses: (given) => {
    const { data, score } = atVectors(given)
    const sigma = positiveSetting(given.settings, 'sigma') * given.range.sigmaData
    const z = asVectors(given.draws['noise']!)
    const parts = [1, -1].map((sign) => {
      const s = score(f.add(data, f.mul(z, sign * sigma)))
      return f.add(f.mul(dot(s, s), 0.5), f.mul(dot(s, z), sign / sigma))
    })
    return { losses: { all: f.mul(average(parts), scoreUnit(given)) } }
  },
}
