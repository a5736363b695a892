import { linearBeta } from './linear-beta.ts'
import { defineNoiseProcess, type NoiseProcess } from './noise-process.ts'

/**
 * Variance preserving: the signal fades as the noise grows.  With B = ∫₀ᵗ β = β_min t + ½t²(β_max − β_min):
 * alpha = e^{−B/2}, std = √(1 − e^{−B}), f = −½β, g² = β.  Ho et al. 2020; Song et al. 2021.
 * t in [0, 1]; 0 < betaMin ≤ betaMax.
 */
export const variancePreserving: (parameters?: { betaMin?: number; betaMax?: number }) => NoiseProcess =
  defineNoiseProcess('variance-preserving', { betaMin: 0.1, betaMax: 20 }, (parameters) => {
    const { beta, integral, timeOfIntegral } = linearBeta(parameters)
    const alpha = (t: number): number => Math.exp(-0.5 * integral(t))
    // expm1: 1 − e^{−B} loses all its digits for small B.
    const std = (t: number): number => Math.sqrt(-Math.expm1(-integral(t)))
    return {
      summary: 'the signal fades as the noise grows; their variances add up to 1',
      source: 'Ho et al. 2020; Song et al. 2021 (score SDE)',
      trainRange: [1e-5, 1],
      sampleMin: 1e-3,
      priorStd: 1,
      variancePreserving: true,
      alpha,
      std,
      alphaDerivative: (t) => -0.5 * beta(t) * alpha(t),
      stdDerivative: (t) => (0.5 * beta(t) * alpha(t) ** 2) / std(t),
      // Not √(e^B − 1), which overflows for B > 709 although sigma does not.
      sigma: (t) => Math.exp(0.5 * integral(t)) * std(t),
      drift: (t) => -0.5 * beta(t),
      diffusionSquared: beta,
      timeOfSigma: (sigma) =>
        timeOfIntegral(sigma < 1 ? Math.log1p(sigma * sigma) : 2 * Math.log(Math.hypot(1, sigma))),
      logSnr: (t) => -integral(t) - Math.log(-Math.expm1(-integral(t))),
    }
  })
