import { cosine } from '../../noise/index.ts'
import { defineWeighting, type Weighting } from './weighting.ts'

const process = cosine()
const gamma = 5

/**
 * The time t of the cosine process uniform; λ = min(SNR, 5), SNR = σ_d²/σ², on the error of x₀.
 *
 * Caps what the nearly clean levels count for, so that they do not fight with the noisy ones.
 * Hang et al. 2023, with their γ = 5.
 */
export const minSnr: Weighting = defineWeighting({
  name: 'min-snr',
  summary: 'uniform time of the cosine process, signal-to-noise weights capped at 5',
  source: 'Hang, Gu, Li, Bao, Chen, Hu, Geng, Guo 2023',
  level: (u, { sigmaMin, sigmaMax }) => {
    const from = process.timeOfSigma(sigmaMin)
    return process.sigma(from + u * (process.timeOfSigma(sigmaMax) - from))
  },
  weight: (sigma, { sigmaData }) => Math.min((sigmaData / sigma) ** 2, gamma),
})
