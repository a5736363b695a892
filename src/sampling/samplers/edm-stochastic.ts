import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/** How much noise Algorithm 2 puts back, and where. */
export interface Churn {
  /** S_churn ≥ 0, for the whole grid: a step raises σ by the factor 1 + min(S_churn/N, √2 − 1). */
  readonly amount: number
  /** S_min and S_max: only levels between them are raised. */
  readonly sigmaMin: number
  readonly sigmaMax: number
  /**
   * S_noise: standard deviation of the noise put back; above 1 makes up for a denoiser that removes too much.
   */
  readonly noiseScale: number
}

/**
 * Karras et al. 2022, table 5, for ImageNet; but the noise is not inflated, so that the distribution is
 * right.
 */
const usualChurn: Churn = { amount: 40, sigmaMin: 0.05, sigmaMax: 50, noiseScale: 1 }

/**
 * Heun's method after a little fresh noise.  Karras et al. 2022, Algorithm 2.
 * σ̂ = (1 + γ) σ_t;  x̂ = x_t + √(σ̂² − σ_t²) S_noise z;  then from x̂ at σ̂ a step of Heun's method to σ_s.
 * γ = min(S_churn/N, √2 − 1) where S_min ≤ σ_t ≤ S_max, else 0.
 * x, z: [B, d], z ~ N(0, I). The last step, to σ = 0, adds no noise.
 */
export function edmStochasticWith(churn: Partial<Churn>): Sampler {
  const { amount, sigmaMin, sigmaMax, noiseScale } = { ...usualChurn, ...churn }
  return defineSampler({
    name: 'edm-stochastic',
    summary: 'Heun after a little fresh noise: corrects its own earlier errors, for many steps',
    source: 'Karras, Aittala, Aila, Laine 2022, Algorithm 2',
    order: 2,
    evaluationsPerStep: 2,
    stochastic: true,
    coefficients: ({ sigma, next, intervals }) => {
      const churned = sigma >= sigmaMin && sigma <= sigmaMax
      const gamma = churned ? Math.min(amount / intervals, Math.SQRT2 - 1) : 0
      const raised = sigma * (1 + gamma)
      return {
        raised,
        next,
        spread: noiseScale * sigma * Math.sqrt(gamma * (2 + gamma)), // √(σ̂² − σ_t²) without cancellation
        perRaised: 1 / raised,
        perNext: 1 / next,
        h: next - raised,
        halfH: (next - raised) / 2,
      }
    },
    step: ({ x, c, noise, denoise }) => {
      const noisier = add(x, times(c.spread, noise))
      const slope = times(c.perRaised, sub(noisier, denoise(noisier, c.raised)))
      const guess = add(noisier, times(c.h, slope))
      const slopeThere = times(c.perNext, sub(guess, denoise(guess, c.next)))
      return { x: add(noisier, times(c.halfH, add(slope, slopeThere))) }
    },
  })
}

/** Algorithm 2 with the usual churn: S_churn = 40, S_min = 0.05, S_max = 50, S_noise = 1. */
export const edmStochastic: Sampler = edmStochasticWith({})
