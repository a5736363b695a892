import { defineNoiseProcess, type NoiseProcess, requireParameter } from './noise-process.ts'

/**
 * EDM: time is the noise level itself.
 * alpha = 1, std = t, f = 0, g² = 2t.  Karras et al. 2022.
 * t in [sigmaMin, sigmaMax], in units of the data; 0 < sigmaMin < sigmaMax.
 */
export const edm: (parameters?: { sigmaMin?: number; sigmaMax?: number }) => NoiseProcess =
  defineNoiseProcess('edm', { sigmaMin: 0.002, sigmaMax: 80 }, ({ sigmaMin, sigmaMax }) => {
    requireParameter(
      0 < sigmaMin && sigmaMin < sigmaMax,
      `0 < sigmaMin < sigmaMax does not hold: they are ${sigmaMin} and ${sigmaMax}.`,
    )
    return {
      summary: 'time is the noise level itself',
      source: 'Karras et al. 2022 (EDM)',
      trainRange: [sigmaMin, sigmaMax],
      sampleMin: sigmaMin,
      priorStd: sigmaMax,
      variancePreserving: false,
      alpha: () => 1,
      std: (t) => t,
      alphaDerivative: () => 0,
      stdDerivative: () => 1,
      sigma: (t) => t,
      drift: () => 0,
      diffusionSquared: (t) => 2 * t,
      timeOfSigma: (sigma) => sigma,
    }
  })
