import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'

/** x with one axis read backwards.  dx = g read backwards. */
export const flipOperation: Operation = defineOperation({
  name: 'flip',
  summary: 'one axis read backwards',
  infer: ([x]) => x!,
  derivative: ({ f, inputs: [x], attributes, cotangent }) => [
    x!.dtype === 'float32' ? f.flip(cotangent, { axis: attributes['axis'] as number }) : null,
  ],
  lower: (c) => {
    const axis = c.int64s([c.attribute('axis')])
    // Before the first element, whatever the extent: −1 would be the last.
    return c.node('Slice', [c.input(0), c.int64s([-1]), c.int64s([-(2 ** 31)]), axis, c.int64s([-1])])
  },
  reference: ([x], attributes) => {
    const axis = attributes['axis'] as number
    const extent = x!.shape[axis]!
    const inner = sizeOf(x!.shape.slice(axis + 1))
    return x!.data.map((_, at) => x!.data[at + (extent - 1 - 2 * (Math.floor(at / inner) % extent)) * inner]!)
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [2, 5] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [3, 2, 2] }], attributes: { axis: 0 } },
  ],
})

/** x with `axis` read backwards: the last element first. */
export function flip(x: Tensor, options: { axis: number }): Tensor {
  const axis = normaliseAxis(options.axis, x.shape.length, 'flip')
  if (x.shape[axis]! < 2) return x
  const twice = x.operation === flipOperation && x.attributes['axis'] === axis
  return twice ? x.inputs[0]! : make(flipOperation, [x], { axis })
}
