import { defineOperation, type Operation } from '../operation.ts'
import { sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'
import { largestFloat } from './log1p.ts'
import {
  inferReduction,
  type ReductionOptions,
  reducedShape,
  reduceReference,
  reductionAttributes,
} from './reduction.ts'

/** ln Σ eˣ over axes, without overflow.  dx = g e^(x − y) */
export const logsumexpOperation: Operation = defineOperation({
  name: 'logsumexp',
  summary: 'logarithm of the sum of exponentials',
  infer: ([x], attributes) => {
    requireDType('logsumexp', x!, 'float32')
    return inferReduction(x!, attributes)
  },
  derivative: ({ f, inputs: [x], attributes, output, cotangent }) => {
    const kept = reducedShape(x!.shape, attributes['axes'] as number[], true)
    const back = (t: Tensor): Tensor => f.broadcastTo(f.reshape(t, kept), x!.shape)
    return [f.mul(back(cotangent), f.exp(f.sub(x!, back(output))))]
  },
  lower: (c) => {
    const axes = c.int64s(c.attribute('axes'))
    const largest = c.node('ReduceMax', [c.input(0), axes], { keepdims: 1 })
    // An infinite maximum cannot be subtracted; the float next to it can, and the result is that infinity.
    const finite = c.node('Clip', [largest, c.float(-largestFloat), c.float(largestFloat)])
    const total = c.node('ReduceSum', [c.node('Exp', [c.node('Sub', [c.input(0), finite])]), axes], {
      keepdims: 1,
    })
    const kept = c.node('Add', [c.node('Log', [total]), finite])
    return c.attribute<boolean>('keepDims') ? kept : c.node('Reshape', [kept, c.int64s(c.tensor.shape)])
  },
  reference: ([x], attributes) =>
    reduceReference(x!, attributes, (values) => {
      const largest = Math.max(...values)
      if (Math.abs(largest) === Number.POSITIVE_INFINITY) return largest
      return largest + Math.log(values.reduce((total, value) => total + Math.exp(value - largest), 0))
    }),
  flops: ([x]) => 11 * sizeOf(x!.shape),
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { axes: [1], keepDims: false } },
    { inputs: [{ shape: [3, 4], range: [60, 200] }], attributes: { axes: [1], keepDims: true } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0, 2], keepDims: false } },
  ],
})

/** ln Σ eˣ over `axes` (all unless given). */
export function logsumexp(x: Tensor, options?: ReductionOptions): Tensor {
  return intern(logsumexpOperation, [x], reductionAttributes('logsumexp', x, options))
}
