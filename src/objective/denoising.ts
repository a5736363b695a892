import * as f from '../engine/index.ts'
import { perPoint, pointAxes } from '../family/index.ts'
import type { Objective } from './objective.ts'

/**
 * λ(σ) ‖D(x₀ + σz; σ) − x₀‖² / d, z ~ N(0, I), σ and λ(σ) by a weighting.
 *
 * Since D − x₀ = σ² (s − s_target) with s_target = −z/σ, that is denoising score matching with weight λ(σ) σ⁴ on the score's
 * error: least at the denoiser, and so at the score, of the noised density of each level, whatever the weights.
 * A model that knows a better error of its own (`Model.error`) is given λ times that. Vincent 2011; Song & Ermon 2019.
 */
export const denoising: Objective<'denoise'> = {
  name: 'denoising',
  summary: 'denoising score matching at all noise levels',
  source: 'Vincent 2011',
  needs: ['denoise'],
  levels: 'each',
  settings: {},
  draws: ({ event }) => ({ noise: { of: 'normal', shape: event } }),
  heldOut: 'loss',
  losses: ({ model, can, values, data, conditions, draws, level }) => {
    const { sigma, weight } = level!
    const x = f.withLabel('noised data', () => f.add(data, f.mul(perPoint(sigma, data), draws['noise']!)))
    const at = { x, sigma, conditions }
    if (model.error) return { losses: { all: f.mul(model.error(values, at, data), weight) } }
    const denoised = can.denoise(values, at)
    const axes = pointAxes(data)
    return {
      losses: {
        all: f.withLabel('loss', () => f.mul(f.mean(f.square(f.sub(denoised, data)), { axes }), weight)),
      },
    }
  },
}
