import * as f from '../engine/index.ts'
import { type Network, type NetworkSize, type ParameterSpec, weight } from '../nn/index.ts'
import { joined } from './conditions.ts'

/** Size of each of two networks that learn side by side: smaller than one that learns alone. */
export const twoNetworks = { width: 128, blocks: 2 } as const

/** A function of rows, [B, inputs] → [B, outputs], and of what they are conditioned on, [B, c]. */
export interface RowFunction {
  readonly parameters: f.Named<ParameterSpec>
  readonly apply: (values: f.Named<f.Tensor>, x: f.Tensor, condition?: f.Tensor) => f.Tensor
}

/**
 * x W + F(x, condition), F a network that is zero at first: begins as a linear map of rows whose variance is gain² times theirs.
 */
export function linearPlus(options: {
  readonly network: Network
  readonly size: NetworkSize
  readonly inputs: number
  /** c; 0 for nothing. */
  readonly conditionWidth: number
  readonly outputs: number
  readonly gain: number
}): RowFunction {
  const { network, size, inputs, conditionWidth, outputs, gain } = options
  const shape = { dimension: inputs + conditionWidth, outputs, noise: false }
  const free = network.build(shape, size)
  return {
    parameters: { ...free.parameters, 'linear.weight': weight(inputs, outputs, gain) },
    apply: (values, x, condition) =>
      f.add(f.matmul(x, values['linear.weight']!), free.apply(values, { x: joined(x, condition) })),
  }
}
