import * as f from '../engine/index.ts'
import type { Network, NetworkShape, NetworkSize } from '../nn/index.ts'
import { asVectors } from './field.ts'
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
  readonly shape: Omit<NetworkShape, 'conditionWidth'>
  /** What the points are conditioned on: the network is given all of it, side by side. */
  readonly conditions?: f.Named<f.Shape> | undefined
  readonly size: NetworkSize
  /** σ_d > 0, measured on the encoded data. */
  readonly sigmaData: number
}): Model<'denoise'> {
  const { network, shape, conditions, size, sigmaData } = options
  const widths = Object.values(conditions ?? {}).map(f.sizeOf)
  const conditionWidth = widths.reduce((sum, width) => sum + width, 0)
  const built = network.build({ ...shape, conditionWidth }, size)
  return {
    event: [shape.dimension],
    conditions,
    levels: 'each',
    parameters: built.parameters,
    can: {
      denoise: (parameters, at) => {
        const { x } = at
        const condition = sideBySide(at.conditions, conditions)
        const { cIn, cSkip, cOut, noise } = preconditioningOf(sigmaOf(at), sigmaData)
        const raw = built.apply(parameters, { x: f.mul(x, perRow(cIn, x)), noise, condition })
        return f.withLabel('preconditioning', () =>
          f.add(f.mul(x, perRow(cSkip, x)), f.mul(raw, perRow(cOut, x))),
        )
      },
    },
  }
}

/**
 * All that the points are conditioned on as one vector each, [B, c], in the order of `shapes`; undefined for nothing.
 * Throws `family/conditions` unless exactly these are given.
 */
function sideBySide(given: f.Named<f.Tensor> = {}, shapes: f.Named<f.Shape> = {}): f.Tensor | undefined {
  const wanted = Object.keys(shapes)
  const names = Object.keys(given)
  if (names.length !== wanted.length || wanted.some((name) => given[name] === undefined))
    throw new f.ScorefieldError({
      kind: 'usage',
      code: 'family/conditions',
      message: `The model is conditioned on ${wanted.join(', ') || 'nothing'}; ${names.join(', ') || 'nothing'} is given.`,
      hint: 'Give a tensor [B, …] for each of them, and for nothing else.',
    })
  return wanted.length === 0
    ? undefined
    : f.concat(
        wanted.map((name) => asVectors(given[name]!)),
        { axis: 1 },
      )
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
