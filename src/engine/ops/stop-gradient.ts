import { defineOperation, type Operation } from '../operation.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'

/** x, taken for a constant by every derivative. */
export const stopGradientOperation: Operation = defineOperation({
  name: 'stopGradient',
  summary: 'x, taken for a constant by every derivative',
  infer: ([x]) => x!,
  derivative: () => [null],
  lower: (c) => c.input(0),
  reference: ([x]) => x!.data,
  flops: () => 0,
  elementwise: true,
  samples: [{ inputs: [{ shape: [2, 3] }] }],
})

/** x, taken for a constant by every derivative. */
export function stopGradient(x: Tensor): Tensor {
  return x.operation === stopGradientOperation ? x : make(stopGradientOperation, [x], {})
}
