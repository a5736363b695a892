import { linearBeta } from './linear-beta.ts'
import { defineNoiseProcess, type NoiseProcess } from './noise-process.ts'

/**
 * Sub-VP: as variance preserving, with less noise early on.  With B = ∫₀ᵗ β:
 * alpha = e^{−B/2}, std = 1 − e^{−B}, f = −½β, g² = β(1 − e^{−2B}).  Song et al. 2021.
 * t in [0, 1]; 0 < betaMin ≤ betaMax.
 */
export const subVariancePreserving: (parameters?: { betaMin?: number; betaMax?: number }) => NoiseProcess =
  defineNoiseProcess('sub-variance-preserving', { betaMin: 0.1, betaMax: 20 }, (parameters) => {
    const { beta, integral, timeOfIntegral } = linearBeta(parameters)
    const alpha = (t: number): number => Math.exp(-0.5 * integral(t))
    return {
      summary: 'as variance preserving, with less noise at early times',
      source: 'Song et al. 2021 (score SDE)',
      trainRange: [1e-5, 1],
      sampleMin: 1e-3,
      priorStd: 1,
      variancePreserving: false,
      alpha,
      std: (t) => -Math.expm1(-integral(t)),
      alphaDerivative: (t) => -0.5 * beta(t) * alpha(t),
      stdDerivative: (t) => beta(t) * Math.exp(-integral(t)),
      // (1 − e^{−B})/e^{−B/2} = 2 sinh(B/2)
      sigma: (t) => 2 * Math.sinh(0.5 * integral(t)),
      drift: (t) => -0.5 * beta(t),
      diffusionSquared: (t) => -beta(t) * Math.expm1(-2 * integral(t)),
      timeOfSigma: (sigma) => timeOfIntegral(2 * Math.asinh(0.5 * sigma)),
      logSnr: (t) => -integral(t) - 2 * Math.log(-Math.expm1(-integral(t))),
    }
  })
