import * as f from '../engine/index.ts'
import {
  type Network,
  type NetworkShape,
  type NetworkSize,
  type ParameterSpec,
  startValues,
} from '../nn/network.ts'
import type { DenoiserModel, NoisyPoints } from './denoiser.ts'

/** A denoiser that can be trained: it knows how its parameters start. */
export interface TrainableDenoiser extends DenoiserModel {
  /**
   * What training makes small, a row, [B], before the objective's weight λ(σ): least where D is the posterior mean.
   * Absent: ‖D − x₀‖²/d.
   */
  readonly error?: (parameters: f.Named<f.Tensor>, at: NoisyPoints, clean: f.Tensor) => f.Tensor
  readonly parameters: f.Named<ParameterSpec>
  /** First values of the parameters, a function of the seed. */
  readonly start: (seed: number) => Record<string, Float32Array>
}

/**
 * A free network made a denoiser by EDM's preconditioning:
 * D(x; σ) = c_skip x + c_out F(c_in x, c_noise), with σ_d the data's standard deviation,
 * c_skip = σ_d²/(σ² + σ_d²), c_out = σ σ_d/√(σ² + σ_d²), c_in = 1/√(σ² + σ_d²), c_noise = ¼ ln σ.
 *
 * Karras, Aittala, Aila, Laine 2022, table 1. Keeps the network's input, target and gradient of unit size at all σ.
 */
export function preconditioned(options: {
  readonly network: Network
  readonly shape: NetworkShape
  readonly size: NetworkSize
  /** σ_d > 0, measured on the encoded data. */
  readonly sigmaData: number
}): TrainableDenoiser {
  const { network, shape, size, sigmaData } = options
  const built = network.build(shape, size)
  return {
    dimension: shape.dimension,
    conditionWidth: shape.conditionWidth,
    parameters: built.parameters,
    start: (seed) => startValues(built.parameters, seed),
    denoise: (parameters, { x, sigma, condition }) => {
      const { cIn, cSkip, cOut, noise } = preconditioningOf(sigma, sigmaData)
      const raw = built.apply(parameters, {
        x: f.mul(x, perRow(cIn, x)),
        noise,
        ...(condition ? { condition } : {}),
      })
      return f.withLabel('preconditioning', () =>
        f.add(f.mul(x, perRow(cSkip, x)), f.mul(raw, perRow(cOut, x))),
      )
    },
  }
}

/** EDM's scalars of each row's noise level, [B] each. */
export function preconditioningOf(
  sigma: f.Tensor,
  sigmaData: number,
): Record<'cIn' | 'cSkip' | 'cOut' | 'noise', f.Tensor> {
  const total = f.add(f.square(sigma), sigmaData ** 2)
  const cIn = f.reciprocal(f.sqrt(total))
  return {
    cIn,
    cSkip: f.mul(f.reciprocal(total), sigmaData ** 2),
    cOut: f.mul(f.mul(sigma, cIn), sigmaData),
    noise: f.mul(f.log(sigma), 0.25),
  }
}

/** A number a row, [B], stretched over the columns of x: [B, d]. */
export function perRow(values: f.Tensor, x: f.Tensor): f.Tensor {
  return f.broadcastTo(f.reshape(values, [values.shape[0]!, 1]), x.shape)
}
