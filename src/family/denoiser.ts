import { type Named, type Shape, sizeOf, type Tensor, type TensorType } from '../engine/index.ts'
import { type Model, reshapedTo } from './model.ts'

/** Where a denoiser is asked: points with the noise level that each carries. */
export interface NoisyPoints {
  /** x = x₀ + σ z, [B, d]: data scaled to α = 1. */
  readonly x: Tensor
  /** σ > 0 of each row, [B]. */
  readonly sigma: Tensor
  /** What the points are conditioned on, [B, ...shape] each, by name; absent where the model takes nothing. */
  readonly conditions?: Named<Tensor> | undefined
}

/**
 * A model of the denoiser D(x; σ) = E[x₀ | x₀ + σ z = x], and with it of the score at every noise level:
 * ∇ₓ log p_σ(x) = (D(x; σ) − x) / σ².  Robbins 1956 (Tweedie's formula).
 *
 * Every noise process is brought to this form by dividing by its α(t), so samplers and likelihoods need nothing else.
 */
export interface DenoiserModel {
  /** d, the width of a row. */
  readonly dimension: number
  /** Shape of each thing that a point is conditioned on, by name; absent where there is nothing. */
  readonly conditions?: Named<Shape> | undefined
  /** Shapes of the parameters, by name. */
  readonly parameters: Named<TensorType>
  /** D(x; σ), [B, d], traced. Row b depends on row b of the points only. */
  readonly denoise: (parameters: Named<Tensor>, at: NoisyPoints) => Tensor
}

/** A denoiser with the values of its parameters. */
export interface FittedDenoiser {
  readonly model: DenoiserModel
  readonly values: Named<ArrayLike<number>>
}

/** A model that can denoise, as samplers and likelihoods take it: points of any shape are vectors to them. */
export function asDenoiser(model: Model<'denoise'>): DenoiserModel {
  const dimension = sizeOf(model.event)
  const { conditions, parameters, can } = reshapedTo(model, [dimension])
  return {
    dimension,
    conditions,
    parameters,
    denoise: (values, at) => can.denoise(values, at),
  }
}
