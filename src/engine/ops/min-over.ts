import { defineOperation, type Operation } from '../operation.ts'
import { sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'
import {
  inferReduction,
  type ReductionOptions,
  reducedShape,
  reduceReference,
  reductionAttributes,
} from './reduction.ts'

/** min x over axes.  dx = g where x is the smallest, shared evenly among ties. */
export const minOverOperation: Operation = defineOperation({
  name: 'minOver',
  summary: 'smallest element over axes',
  infer: ([x], attributes) => {
    requireDType('minOver', x!, 'float32')
    return inferReduction(x!, attributes)
  },
  derivative: ({ f, inputs: [x], attributes, output, cotangent }) => {
    const axes = attributes['axes'] as number[]
    const kept = reducedShape(x!.shape, axes, true)
    const back = (t: Tensor): Tensor => f.broadcastTo(f.reshape(t, kept), x!.shape)
    const hit = f.cast(f.equal(x!, back(output)), 'float32')
    const ties = f.sum(hit, { axes, keepDims: true })
    return [f.mul(hit, back(f.div(f.reshape(cotangent, kept), ties)))]
  },
  lower: (c) =>
    c.node('ReduceMin', [c.input(0), c.int64s(c.attribute('axes'))], {
      keepdims: c.attribute('keepDims') ? 1 : 0,
    }),
  reference: ([x], attributes) => reduceReference(x!, attributes, (values) => Math.min(...values)),
  flops: ([x]) => sizeOf(x!.shape),
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { axes: [1], keepDims: false } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0, 2], keepDims: true } },
  ],
})

/** The smallest element of x over `axes` (all unless given). */
export function minOver(x: Tensor, options?: ReductionOptions): Tensor {
  return intern(minOverOperation, [x], reductionAttributes('minOver', x, options))
}
