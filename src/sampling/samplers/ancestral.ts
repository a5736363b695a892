import { add, sub, type Tensor } from '../../engine/index.ts'
import type { SamplerSetting } from '../settings.ts'
import { defineSampler, type Sampler, type StepGiven, type StepPlace, times } from './sampler.ts'

/** η of DDIM, with what it is unless told. */
export function etaSetting(usual: number): SamplerSetting {
  return {
    summary: 'η, the share of the noise that is drawn afresh: 0 is DDIM, 1 is DDPM',
    ...{ default: usual, from: 0, to: 1 },
  }
}

type Coefficient = 'sigma' | 'keep' | 'spread'

/** σ_t, √(σ_s² − τ²)/σ_t and τ. */
export function ancestralCoefficients(
  { sigma, next }: StepPlace,
  { eta }: { readonly eta: number },
): Record<Coefficient, number> {
  const ratio = next / sigma
  const spread = eta * ratio * Math.sqrt((sigma - next) * (sigma + next))
  // √(σ_s² − τ²)/σ_t without cancellation: at η = 1 it is (σ_s/σ_t)².
  const keep = ratio * Math.sqrt(1 - eta ** 2 + (eta * ratio) ** 2)
  return { sigma, keep, spread }
}

/** x_s = D + keep (x_t − D) + spread z. */
export function ancestralStep({ x, c, noise, denoise }: StepGiven<Coefficient, never>): {
  readonly x: Tensor
} {
  const denoised = denoise(x, c.sigma)
  return { x: add(add(denoised, times(c.keep, sub(x, denoised))), times(c.spread, noise)) }
}

/**
 * Ancestral sampling, and DDIM with fresh noise.  Song, Meng, Ermon 2021, equations 12 and 16, the same in x̄ for every process:
 * x_s = D + √(σ_s² − τ²) (x_t − D)/σ_t + τ z,  τ = η σ_s √(σ_t² − σ_s²)/σ_t.
 *
 * η, from 0 to 1: 1, unless told, draws from q(x_s | x_t, x₀ = D), as Ho, Jain, Abbeel 2020 do, and so do the "Euler ancestral" of
 * k-diffusion and SDE-DPM-Solver++(1); 0 adds no noise and is `euler`.
 * x, z: [B, d], z ~ N(0, I). The last step, to σ = 0, is the mean D, without noise.
 */
export const ancestral: Sampler = defineSampler({
  name: 'ancestral',
  also: ['ddpm', 'euler-ancestral', 'sde-dpmpp-1'],
  summary: 'DDPM’s own steps, DDIM with η: draws what comes before, as if the denoiser were sure',
  source: 'Ho, Jain, Abbeel 2020; Song, Meng, Ermon 2021 (DDIM)',
  order: 1,
  evaluationsPerStep: 1,
  stochastic: true,
  settings: { eta: etaSetting(1) },
  coefficients: ancestralCoefficients,
  step: ancestralStep,
})
