import { add, sub } from '../../engine/index.ts'
import { defineSampler, type Sampler, times } from './sampler.ts'

/**
 * Heun's method after a little fresh noise.  Karras et al. 2022, Algorithm 2.
 * σ̂ = (1 + γ) σ_t;  x̂ = x_t + √(σ̂² − σ_t²) S_noise z;  then from x̂ at σ̂ a step of Heun's method to σ_s.
 * γ = min(S_churn/N, √2 − 1) where S_min ≤ σ_t ≤ S_max, else 0.
 *
 * S_churn, S_min, S_max unless told: table 5 there, for ImageNet; but S_noise is 1, so that the distribution is right.
 * x, z: [B, d], z ~ N(0, I). The last step, to σ = 0, adds no noise.
 */
export const edmStochastic: Sampler = defineSampler({
  name: 'edm-stochastic',
  summary: 'Heun after a little fresh noise: corrects its own earlier errors, for many steps',
  source: 'Karras, Aittala, Aila, Laine 2022, Algorithm 2',
  order: 2,
  evaluationsPerStep: 2,
  stochastic: true,
  settings: {
    churn: { summary: 'S_churn, noise put back over the whole grid', default: 40, from: 0, to: 1e6 },
    churnFrom: { summary: 'S_min, the least noise level at which it is', default: 0.05, from: 0, to: 1e6 },
    churnTo: { summary: 'S_max, the largest', default: 50, from: 0, to: 1e6 },
    noiseScale: {
      summary: 'S_noise, its standard deviation: above 1 for a denoiser that removes too much',
      default: 1,
      from: 0.5,
      to: 2,
    },
  },
  coefficients: ({ sigma, next, intervals }, { churn, churnFrom, churnTo, noiseScale }) => {
    const churned = sigma >= churnFrom && sigma <= churnTo
    const gamma = churned ? Math.min(churn / intervals, Math.SQRT2 - 1) : 0
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
