import { variancePreserving } from '../../noise/index.ts'
import { defineWeighting, type Weighting } from './weighting.ts'

const process = variancePreserving()

/**
 * The time t of the VP process uniform; λ = 1/σ², that is σ² on the score's error ‖s + z/σ‖².
 *
 * Without the σ² the smallest levels would dominate by (σ_max/σ_min)².  Song & Ermon 2019; Song et al. 2021.
 */
export const sigmaSquared: Weighting = defineWeighting({
  name: 'sigma-squared',
  summary: 'uniform time of the VP process, weight σ² on the score',
  source: 'Song & Ermon 2019',
  level: (u, { sigmaMin, sigmaMax }) => {
    const from = process.timeOfSigma(sigmaMin)
    return process.sigma(from + u * (process.timeOfSigma(Math.min(sigmaMax, process.sigma(1))) - from))
  },
  weight: (sigma) => 1 / sigma ** 2,
})
