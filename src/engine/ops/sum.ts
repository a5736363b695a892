import { defineOperation, type Operation } from '../operation.ts'
import { type Shape, sameShape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { broadcastTo, broadcastToOperation, stretchedAxes } from './broadcast-to.ts'
import { make } from './constant.ts'
import { requireDType } from './elementwise.ts'
import { mul } from './mul.ts'
import { neg } from './neg.ts'
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
  lower: (c) => {
    const axes = c.attribute<readonly number[]>('axes')
    const { shape, dtype } = c.tensor.inputs[0]!
    const leading = axes.length < shape.length && axes.every((axis, i) => axis === i)
    if (dtype === 'float32' && leading) {
      // A row of ones times x as a matrix: ONNX Runtime's product is ten times as fast as its sum over rows.
      const [rows, columns] = [shape.slice(0, axes.length), shape.slice(axes.length)].map(sizeOf)
      const matrix = shape.length === 2 ? c.input(0) : c.reshape(c.input(0), [rows!, columns!])
      const kept = c.node('Gemm', [c.ones([1, rows!]), matrix])
      return sameShape(c.tensor.shape, [1, columns!]) ? kept : c.reshape(kept, c.tensor.shape)
    }
    return c.node('ReduceSum', [c.input(0), c.int64s(axes)], { keepdims: c.attribute('keepDims') ? 1 : 0 })
  },
  reference: ([x], attributes) =>
    reduceReference(x!, attributes, (values) => values.reduce((total, value) => total + value, 0)),
  flops: ([x]) => sizeOf(x!.shape),
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { axes: [0], keepDims: false } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0, 2], keepDims: true } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0], keepDims: true } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0, 1], keepDims: false } },
    { inputs: [{ shape: [5] }], attributes: { axes: [0], keepDims: false } },
  ],
})

/** Σ x over `axes` (all unless given). */
export function sum(x: Tensor, options?: ReductionOptions): Tensor {
  const { axes, keepDims } = reductionAttributes('sum', x, options)
  const shape = reducedShape(x.shape, axes, keepDims)
  if (axes.every((axis) => x.shape[axis] === 1)) return reshape(x, shape)
  if (x.operation === neg.operation) return neg(sum(x.inputs[0]!, { axes, keepDims }))
  return sumOfStretched(x, axes, keepDims, shape) ?? make(sumOperation, [x], { axes, keepDims })
}

/** Summing what was only repeated is multiplying, and what is not summed can be repeated afterwards. */
function sumOfStretched(
  x: Tensor,
  axes: readonly number[],
  keepDims: boolean,
  shape: Shape,
): Tensor | undefined {
  if (x.operation !== broadcastToOperation) return undefined
  const source = x.inputs[0]!
  const offset = x.shape.length - source.shape.length
  const stretched = stretchedAxes(source.shape, x.shape)
  const repeats = sizeOf(axes.filter((axis) => stretched.includes(axis)).map((axis) => x.shape[axis]!))
  const own = axes.filter((axis) => axis >= offset).map((axis) => axis - offset)
  return mul(broadcastTo(sum(source, { axes: own, keepDims }), shape), repeats)
}
