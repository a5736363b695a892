import * as f from '../engine/index.ts'
import { type Network, type NetworkSize, type ParameterSpec, weight } from '../nn/index.ts'
import { asVectors } from './field.ts'
import { freeFunction } from './free-function.ts'

/** Size of each of two networks that learn side by side: smaller than one that learns alone. */
export const twoNetworks = { width: 128, blocks: 2 } as const

/** A function of points as vectors, [B, n] → [B, m], and of what they are conditioned on, [B, c]. */
export interface RowFunction {
  readonly parameters: f.Named<ParameterSpec>
  readonly apply: (values: f.Named<f.Tensor>, x: f.Tensor, condition?: f.Tensor) => f.Tensor
}

/**
 * x W + F(x, condition), F a network that is zero at first: begins as a linear map of points whose variance is gain² times theirs.
 *
 * A network that does not take what comes in, as one of pictures does not take a code, sees what the linear map makes of it:
 * x W + F(x W, condition).
 */
export function linearPlus(options: {
  readonly network: Network
  readonly size: NetworkSize
  readonly inputs: f.Shape
  /** c; 0 for nothing. */
  readonly conditionWidth: number
  readonly outputs: f.Shape
  readonly gain: number
}): RowFunction {
  const { network, inputs, outputs, gain } = options
  const sees = network.takes(inputs) ? inputs : outputs
  const free = freeFunction({ ...options, event: sees })
  return {
    parameters: {
      ...free.parameters,
      'linear.weight': weight(f.sizeOf(inputs), f.sizeOf(outputs), gain),
    },
    apply: (values, x, condition) => {
      const line = f.matmul(x, values['linear.weight']!)
      return f.add(line, asVectors(free.apply(values, sees === inputs ? x : line, condition)))
    },
  }
}
