import { normalQuantile } from '../../base/index.ts'

/** The range of noise levels that a model is trained for, and the data's standard deviation. */
export interface NoiseRange {
  readonly sigmaMin: number
  readonly sigmaMax: number
  readonly sigmaData: number
}

/**
 * A way to learn a denoiser from noised data: how the noise level is drawn, and how much an error counts there.
 *
 * Every one of them minimises E_σ λ(σ) E ‖D(x₀ + σz; σ) − x₀‖² / d. Since D − x₀ = σ² (s − s_target) with the target
 * s_target = −z/σ, that is denoising score matching with weight λ(σ) σ⁴ on the score's error (Vincent 2011): the
 * minimiser is the denoiser of the true noised density, whatever the weights. The differences are in what a network of
 * finite size and a run of finite length get right first.
 */
export interface Weighting {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** The noise level at u ∈ (0, 1): the quantile function of its distribution, within [σ_min, σ_max]. */
  readonly level: (u: number, range: NoiseRange) => number
  /** λ(σ), the weight of ‖D − x₀‖². */
  readonly weight: (sigma: number, range: NoiseRange) => number
}

/** Levels of which ln(σ/σ_d) is normal. */
export function levelsAround({ mean, deviation }: { mean: number; deviation: number }): Weighting['level'] {
  return (u, { sigmaData }) => sigmaData * Math.exp(mean + deviation * normalQuantile(u))
}

/** Fills in the bounds that hold for every weighting. */
export function defineWeighting(weighting: Weighting): Weighting {
  return {
    ...weighting,
    level: (u, range) => Math.min(Math.max(weighting.level(u, range), range.sigmaMin), range.sigmaMax),
  }
}
