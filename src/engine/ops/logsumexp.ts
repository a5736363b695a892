import { defineOperation, type Operation, type Operations } from '../operation.ts'
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

/**
 * ln Σ eˣ over axes, without overflow.  dx = g softmax(x): e^(x − y) would be as wrong as the rounding of y is large, and
 * NaN where all is −∞.
 */
export const logsumexpOperation: Operation = defineOperation({
  name: 'logsumexp',
  summary: 'logarithm of the sum of exponentials',
  infer: ([x], attributes) => {
    requireDType('logsumexp', x!, 'float32')
    return inferReduction(x!, attributes)
  },
  derivative: ({ f, inputs: [x], attributes, cotangent }) => {
    const kept = reducedShape(x!.shape, attributes['axes'] as number[], true)
    const back = (t: Tensor): Tensor => f.broadcastTo(f.reshape(t, kept), x!.shape)
    return [f.mul(back(cotangent), softmaxOver(f, x!, attributes['axes'] as number[]))]
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
    return c.attribute<boolean>('keepDims') ? kept : c.reshape(kept, c.tensor.shape)
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

/** e^x / Σ e^x over several axes: they go to the end, become one, and come back. */
function softmaxOver(f: Operations, x: Tensor, axes: readonly number[]): Tensor {
  if (axes.length === 1) return f.softmax(x, { axis: axes[0]! })
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const permutation = [...kept, ...axes]
  const moved = f.transpose(x, permutation)
  const flat = f.reshape(moved, [
    ...kept.map((axis) => x.shape[axis]!),
    sizeOf(axes.map((axis) => x.shape[axis]!)),
  ])
  const back = permutation.map((_, axis) => permutation.indexOf(axis))
  return f.transpose(f.reshape(f.softmax(flat), moved.shape), back)
}

/** ln Σ eˣ over `axes` (all unless given). */
export function logsumexp(x: Tensor, options?: ReductionOptions): Tensor {
  return intern(logsumexpOperation, [x], reductionAttributes('logsumexp', x, options))
}
