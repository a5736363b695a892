import * as f from '../engine/index.ts'
import type { Network, NetworkSize, ParameterSpec } from '../nn/index.ts'
import { joined } from './conditions.ts'
import { asVectors } from './field.ts'
import type { Values } from './model.ts'

/** A free function of points of one level, and of what they are conditioned on. */
export interface FreeFunction {
  readonly parameters: f.Named<ParameterSpec>
  /** x: [B, ...event], or the same as vectors, [B, d]; given: [B, c] → [B, ...outputs]. */
  readonly apply: (values: Values, x: f.Tensor, given?: f.Tensor | undefined) => f.Tensor
}

/**
 * A network of points without a noise level. One that takes vectors sees conditions as further numbers of the vector; any other is
 * told them beside the point.
 */
export function freeFunction(options: {
  readonly network: Network
  readonly event: f.Shape
  readonly outputs: f.Shape
  /** c; 0 for nothing. */
  readonly conditionWidth: number
  readonly size: NetworkSize
}): FreeFunction {
  const { network, event, outputs, conditionWidth, size } = options
  const vector = [f.sizeOf(event) + conditionWidth]
  if (network.takes(vector)) {
    const built = network.build({ event: vector, outputs, noise: false }, size)
    return {
      parameters: built.parameters,
      apply: (values, x, given) => built.apply(values, { x: joined(asVectors(x), given) }),
    }
  }
  const built = network.build({ event, outputs, conditionWidth, noise: false }, size)
  return {
    parameters: built.parameters,
    apply: (values, x, condition) =>
      built.apply(values, { x: f.reshape(x, [x.shape[0]!, ...event]), condition }),
  }
}
