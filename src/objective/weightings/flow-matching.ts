import { defineWeighting, type Weighting } from './weighting.ts'

/**
 * Rectified flow: x_t = (1 − t) x₀ + t z, t uniform, error of the velocity z − x₀.
 *
 * With σ = t/(1 − t), the velocity that a denoiser stands for is (x_t − D)/t, so its squared error is
 * ‖D − x₀‖²/t² and λ = ((1 + σ)/σ)². Liu, Gong, Liu 2022; Lipman et al. 2023.
 */
export const flowMatching: Weighting = defineWeighting({
  name: 'flow-matching',
  summary: 'straight paths from data to noise, uniform time, error of the velocity',
  source: 'Lipman, Chen, Ben-Hamu, Nickel, Le 2023',
  level: (u, { sigmaMin, sigmaMax }) => {
    const from = sigmaMin / (1 + sigmaMin)
    const t = from + u * (sigmaMax / (1 + sigmaMax) - from)
    return t / (1 - t)
  },
  weight: (sigma) => ((1 + sigma) / sigma) ** 2,
})
