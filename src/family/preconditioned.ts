import * as f from '../engine/index.ts'
import type { Network, NetworkShape, NetworkSize } from '../nn/index.ts'
import { type Model, perPoint as perRow, sigmaOf } from './model.ts'

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
}): Model<'denoise'> {
  const { network, shape, size, sigmaData } = options
  const built = network.build(shape, size)
  return {
    event: [shape.dimension],
    conditionWidth: shape.conditionWidth,
    levels: 'each',
    parameters: built.parameters,
    can: {
      denoise: (parameters, at) => {
        const { x, condition } = at
        const { cIn, cSkip, cOut, noise } = preconditioningOf(sigmaOf(at), sigmaData)
        const raw = built.apply(parameters, { x: f.mul(x, perRow(cIn, x)), noise, condition })
        return f.withLabel('preconditioning', () =>
          f.add(f.mul(x, perRow(cSkip, x)), f.mul(raw, perRow(cOut, x))),
        )
      },
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
