import * as f from '../engine/index.ts'
import { fourierFeatures, type Network, type NetworkShape, type NetworkSize } from '../nn/index.ts'
import { conditionWidth, sideBySide } from './conditions.ts'
import { asVectors } from './field.ts'
import { type Model, perPoint as perRow, sigmaOf } from './model.ts'

/**
 * A free network made a denoiser by EDM's preconditioning:
 * D(x; σ) = c_skip x + c_out F(c_in x, c_noise), with σ_d the data's standard deviation,
 * c_skip = σ_d²/(σ² + σ_d²), c_out = σ σ_d/√(σ² + σ_d²), c_in = 1/√(σ² + σ_d²), c_noise = ¼ ln σ.
 *
 * Karras, Aittala, Aila, Laine 2022, table 1. Keeps the network's input, target and gradient of unit size at all σ.
 * A size `frequencies` above 0 lets the network see that many waves of x as well (`fourierFeatures`, in units of σ_d).
 */
export function preconditioned(options: {
  readonly network: Network
  readonly shape: Omit<NetworkShape, 'conditionWidth'>
  /** What the points are conditioned on: the network is given all of it, side by side. */
  readonly conditions?: f.Named<f.Shape> | undefined
  readonly size: NetworkSize
  /** σ_d > 0, measured on the encoded data. */
  readonly sigmaData: number
}): Model<'denoise'> {
  const { network, shape, conditions, size, sigmaData } = options
  const { event } = shape
  const frequencies = size['frequencies'] ?? 0
  const [channels, ...places] = event as [number, ...number[]]
  const built = network.build(
    {
      ...{ outputs: event, ...shape },
      event: [(1 + 2 * frequencies) * channels, ...places],
      conditionWidth: conditionWidth(conditions),
    },
    size,
  )
  /** Waves of each number, as further channels. */
  const wavesOf = (x: f.Tensor, sigma: f.Tensor): f.Tensor =>
    f.reshape(fourierFeatures(asVectors(x), sigma, { frequencies, unit: sigmaData }), [
      x.shape[0]!,
      2 * frequencies * channels,
      ...places,
    ])
  return {
    event,
    conditions,
    levels: 'each',
    parameters: built.parameters,
    can: {
      denoise: (parameters, at) => {
        const { x } = at
        const condition = sideBySide(at.conditions, conditions)
        const sigma = sigmaOf(at)
        const { cIn, cSkip, cOut, noise } = preconditioningOf(sigma, sigmaData)
        const unit = f.mul(x, perRow(cIn, x))
        const seen = frequencies > 0 ? f.concat([unit, wavesOf(x, sigma)], { axis: 1 }) : unit
        const raw = built.apply(parameters, { x: seen, noise, condition })
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
