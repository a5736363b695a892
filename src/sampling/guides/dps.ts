import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import { heun } from '../samplers/heun.ts'
import { type DenoiserGuide, denoiserGuide, moved } from './guided-denoiser.ts'

/** No observation is nearer than this, in units of σ: the direction of a residual of 0 is none. */
const least = 1e-3

/**
 * The gradient of the residual's length, by a strength that is set: D + ζ √m σ (∂D/∂x)ᵀ Aᵀ (y − A D)/‖y − A D‖, y of m numbers.
 *
 * There a step of length h in σ moves a point by ζ √m h along the gradient of −‖y − A D‖, as one of Chung's does by his ζ. With √m the strength
 * means the same for two numbers and for a picture: it is how far the root mean square of the numbers moves, in units of h.
 * Chung, Kim, McCann, Klasky, Ye 2023, algorithm 1.
 */
export const dps: DenoiserGuide = denoiserGuide({
  name: 'dps',
  summary: 'the gradient of the residual’s length, by a strength that is set',
  source: 'Chung, Kim, McCann, Klasky, Ye 2023 (DPS)',
  settings: {
    strength: { summary: 'ζ, how hard what is observed pulls', default: 1, from: 0, to: 1e4 },
  },
  sampler: heun,
  evaluations: () => 2,
  denoise: ({ denoised, residual, sigma, pullBack, settings, operator }) => {
    const length = f.norm(residual, { axes: [1] })
    const floor = f.mul(sigma, least)
    const pull = f.reciprocal(f.mul(sigma, f.max(length, floor)))
    const strength = settings.strength * Math.sqrt(operator.width)
    const gradient = pullBack(f.mul(residual, perPoint(f.mul(pull, strength), residual)))
    return moved(denoised, sigma, gradient)
  },
})
