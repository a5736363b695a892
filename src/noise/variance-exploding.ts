import { defineNoiseProcess, type NoiseProcess, requireParameter } from './noise-process.ts'

/**
 * Variance exploding: the signal stays, the noise grows geometrically.
 * alpha = 1, std = σ_min (σ_max/σ_min)^t, f = 0, g² = 2 std² ln(σ_max/σ_min).  Song et al. 2021.
 * t in [0, 1]; 0 < sigmaMin < sigmaMax, in units of the data. sigmaMax: about the largest distance between
 * two data points.
 */
export const varianceExploding: (parameters?: { sigmaMin?: number; sigmaMax?: number }) => NoiseProcess =
  defineNoiseProcess('variance-exploding', { sigmaMin: 0.01, sigmaMax: 50 }, ({ sigmaMin, sigmaMax }) => {
    requireParameter(
      0 < sigmaMin && sigmaMin < sigmaMax,
      `0 < sigmaMin < sigmaMax does not hold: they are ${sigmaMin} and ${sigmaMax}.`,
    )
    const logRatio = Math.log(sigmaMax / sigmaMin)
    const sigma = (t: number): number => sigmaMin * Math.exp(logRatio * t)
    return {
      summary: 'noise grows geometrically, the signal stays',
      source: 'Song et al. 2021 (score SDE)',
      trainRange: [1e-5, 1],
      sampleMin: 1e-5,
      priorStd: sigmaMax,
      variancePreserving: false,
      alpha: () => 1,
      std: sigma,
      alphaDerivative: () => 0,
      stdDerivative: (t) => sigma(t) * logRatio,
      sigma,
      drift: () => 0,
      diffusionSquared: (t) => 2 * sigma(t) ** 2 * logRatio,
      timeOfSigma: (level) => Math.log(level / sigmaMin) / logRatio,
    }
  })
