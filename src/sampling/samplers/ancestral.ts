import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * DDIM with fresh noise.  Song, Meng, Ermon 2021, equations 12 and 16, which read the same for every noise process in x̄:
 * x_s = D + √(σ_s² − τ²) (x_t − D)/σ_t + τ z,  τ = η σ_s √(σ_t² − σ_s²)/σ_t.
 *
 * η, from 0 to 1: 0 adds no noise and is `euler`; 1 draws from q(x_s | x_t, x₀ = D), the ancestral sampling of Ho, Jain, Abbeel 2020.
 * x, z: [B, d], z ~ N(0, I). The last step, to σ = 0, is the mean D, without noise.
 */
export function ancestralWith({ eta }: { readonly eta: number }): Sampler {
  return defineSampler({
    name: 'ancestral',
    summary: 'DDPM’s own steps, DDIM with η = 1: draws what comes before, if the denoiser were right',
    source: 'Ho, Jain, Abbeel 2020; Song, Meng, Ermon 2021 (DDIM)',
    order: 1,
    evaluationsPerStep: 1,
    stochastic: true,
    coefficients: ({ sigma, next }) => {
      const ratio = next / sigma
      const spread = eta * ratio * Math.sqrt((sigma - next) * (sigma + next))
      // √(σ_s² − τ²)/σ_t without cancellation: at η = 1 it is (σ_s/σ_t)².
      const keep = ratio * Math.sqrt(1 - eta ** 2 + (eta * ratio) ** 2)
      return { sigma, keep, spread }
    },
    step: ({ x, c, noise, denoise }) => {
      const denoised = denoise(x, c.sigma)
      return { x: add(add(denoised, times(c.keep, sub(x, denoised))), times(c.spread, noise)) }
    },
  })
}

/**
 * Ancestral sampling: x_s ~ q(x_s | x_t, x₀ = D) = N(D + (σ_s/σ_t)² (x_t − D), (σ_s/σ_t)² (σ_t² − σ_s²) I).  Ho, Jain, Abbeel 2020.
 * The "Euler ancestral" of k-diffusion and SDE-DPM-Solver++(1) are this step, too.
 */
export const ancestral: Sampler = ancestralWith({ eta: 1 })
