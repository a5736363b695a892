import { defineOperation, type Operation } from '../operation.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'

/** x, as a tensor that nothing simplifies through.  dx = g */
export const variableOperation: Operation = defineOperation({
  name: 'variable',
  summary: 'x, as a tensor that derivatives are taken by',
  infer: ([x]) => x!,
  derivative: ({ cotangent }) => [cotangent],
  lower: (c) => c.input(0),
  reference: ([x]) => x!.data,
  flops: () => 0,
  elementwise: true,
  samples: [{ inputs: [{ shape: [2, 3] }] }],
})

/**
 * x, to take derivatives by.
 *
 * What is made from x is simplified when it is made: 2 (3 x) becomes 6 x, and no longer depends on the tensor 3 x. A derivative by
 * a tensor that was computed would miss that part; by `variable` of it, which what follows is made from, it has all.
 * An input or a parameter is returned as it is.
 */
export function variable(x: Tensor): Tensor {
  if (x.inputs.length === 0 || x.operation === variableOperation) return x
  return make(variableOperation, [x], {})
}
