import * as f from '../engine/index.ts'
import type { DenoiserModel, TrainableDenoiser } from '../family/index.ts'

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
export interface Objective {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** The noise level at u ∈ (0, 1): the quantile function of its distribution, within [σ_min, σ_max]. */
  readonly level: (u: number, range: NoiseRange) => number
  /** λ(σ), the weight of ‖D − x₀‖². */
  readonly weight: (sigma: number, range: NoiseRange) => number
}

/** Fills in the bounds that hold for every objective. */
export function defineObjective(objective: Objective): Objective {
  return {
    ...objective,
    level: (u, range) => Math.min(Math.max(objective.level(u, range), range.sigmaMin), range.sigmaMax),
  }
}

/** Tensors of one batch that the loss is made of. */
export interface DenoisingBatch {
  /** Clean rows, [B, d]. */
  readonly clean: f.Tensor
  /** Standard normal noise, [B, d]. */
  readonly noise: f.Tensor
  /** σ, [B]. */
  readonly sigma: f.Tensor
  /** λ(σ), [B]. */
  readonly weight: f.Tensor
  /** [B, c] */
  readonly condition?: f.Tensor
}

/** λ ‖D(x₀ + σ z; σ) − x₀‖² / d of each row, [B]; of a model that says its own error, λ times that. */
export function denoisingLoss(
  model: DenoiserModel & Pick<TrainableDenoiser, 'error'>,
  parameters: f.Named<f.Tensor>,
  batch: DenoisingBatch,
): f.Tensor {
  const { clean, noise, sigma, weight, condition } = batch
  const perColumn = f.broadcastTo(f.reshape(sigma, [sigma.shape[0]!, 1]), clean.shape)
  const x = f.withLabel('noised data', () => f.add(clean, f.mul(perColumn, noise)))
  const at = { x, sigma, ...(condition ? { condition } : {}) }
  if (model.error) return f.mul(model.error(parameters, at, clean), weight)
  const denoised = model.denoise(parameters, at)
  return f.withLabel('loss', () => f.mul(f.mean(f.square(f.sub(denoised, clean)), { axes: [1] }), weight))
}
