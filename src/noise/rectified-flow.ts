import { defineNoiseProcess, type NoiseProcess, requireParameter } from './noise-process.ts'

/**
 * Rectified flow: straight lines from data (t = 0) to noise (t = 1).
 * alpha = 1 − t, std = t, f = −1/(1 − t), g² = 2t/(1 − t); the velocity is ε − x₀.  Liu et al. 2023; Lipman
 * et al. 2023.
 * At t = 1 the drift is infinite: time ends where alpha = minAlpha, and beyond it drift and diffusion have
 * minAlpha in place of 1 − t. 0 < minAlpha < 1.
 */
export const rectifiedFlow: (parameters?: { minAlpha?: number }) => NoiseProcess = defineNoiseProcess(
  'rectified-flow',
  { minAlpha: 1e-3 },
  ({ minAlpha }) => {
    requireParameter(0 < minAlpha && minAlpha < 1, `minAlpha is ${minAlpha}; it must lie between 0 and 1.`)
    const rest = (t: number): number => Math.max(1 - t, minAlpha)
    return {
      summary: 'straight lines from data to noise',
      source: 'Liu et al. 2023; Lipman et al. 2023',
      trainRange: [1e-5, 1 - minAlpha],
      sampleMin: 1e-5,
      priorStd: 1,
      variancePreserving: false,
      alpha: (t) => 1 - t,
      std: (t) => t,
      alphaDerivative: () => -1,
      stdDerivative: () => 1,
      sigma: (t) => t / (1 - t),
      drift: (t) => -1 / rest(t),
      diffusionSquared: (t) => (2 * t) / rest(t),
      timeOfSigma: (sigma) => (sigma === Infinity ? 1 : sigma / (1 + sigma)),
    }
  },
)
