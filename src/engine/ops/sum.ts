import { defineOperation, type Operation } from '../operation.ts'
import { sameShape, sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { broadcastTo, broadcastToOperation, stretchedAxes, uniformValue } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { requireDType } from './elementwise.ts'
import { mul } from './mul.ts'
import {
  inferReduction,
  type ReductionOptions,
  reducedShape,
  reduceReference,
  reductionAttributes,
} from './reduction.ts'
import { reshape } from './reshape.ts'

/** Σ x over axes.  dx = g stretched back. */
export const sumOperation: Operation = defineOperation({
  name: 'sum',
  summary: 'sum over axes',
  infer: ([x], attributes) => {
    requireDType('sum', x!, 'float32', 'int32')
    return inferReduction(x!, attributes)
  },
  derivative: ({ f, inputs: [x], attributes, cotangent }) => {
    const kept = reducedShape(x!.shape, attributes['axes'] as number[], true)
    return [f.broadcastTo(f.reshape(cotangent, kept), x!.shape)]
  },
  lower: (c) =>
    c.node('ReduceSum', [c.input(0), c.int64s(c.attribute('axes'))], {
      keepdims: c.attribute('keepDims') ? 1 : 0,
    }),
  reference: ([x], attributes) =>
    reduceReference(x!, attributes, (values) => values.reduce((total, value) => total + value, 0)),
  flops: ([x]) => sizeOf(x!.shape),
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { axes: [0], keepDims: false } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0, 2], keepDims: true } },
    { inputs: [{ shape: [5] }], attributes: { axes: [0], keepDims: false } },
  ],
})

/** Σ x over `axes` (all unless given). */
export function sum(x: Tensor, options?: ReductionOptions): Tensor {
  const attributes = reductionAttributes('sum', x, options)
  const shape = reducedShape(x.shape, attributes.axes, attributes.keepDims)
  if (attributes.axes.every((axis) => x.shape[axis] === 1)) return reshape(x, shape)
  const repeats = sizeOf(attributes.axes.map((axis) => x.shape[axis]!))
  const value = uniformValue(x)
  if (value !== undefined) return broadcastTo(constant(value * repeats, { dtype: x.dtype }), shape)
  if (x.operation === broadcastToOperation && x.dtype === 'float32') {
    // Summing what was only repeated is multiplying.
    const source = x.inputs[0]!
    const stretched = stretchedAxes(source.shape, x.shape)
    if (sameShape(stretched, attributes.axes)) return mul(reshape(source, shape), repeats)
  }
  return intern(sumOperation, [x], attributes)
}
