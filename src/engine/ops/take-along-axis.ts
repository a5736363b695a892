import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, sameShape, shapeError, sizeOf } from '../shape.ts'
import { showType, type Tensor, type TensorType } from '../tensor.ts'
import { make } from './constant.ts'

/** y[…, i, …] = x[…, indices[…, i, …], …] along one axis.  dx = g added up at the same indices. */
export const takeAlongAxisOperation: Operation = defineOperation({
  name: 'takeAlongAxis',
  summary: 'elements along one axis, chosen by index for each row',
  infer: ([x, indices], attributes) => {
    requireRowIndices('takeAlongAxis', x!, indices!, attributes['axis'] as number)
    return { shape: indices!.shape, dtype: x!.dtype }
  },
  derivative: ({ f, inputs: [x, indices], attributes, cotangent }) => {
    if (x!.dtype !== 'float32') return [null, null]
    const axis = attributes['axis'] as number
    return [f.scatterAddAlongAxis(cotangent, indices!, { axis, size: x!.shape[axis]! }), null]
  },
  lower: (c) => c.node('GatherElements', [c.input(0), c.input(1)], { axis: c.attribute<number>('axis') }),
  reference: ([x, indices], attributes) => {
    const axis = attributes['axis'] as number
    const [extent, count] = [x!.shape[axis]!, indices!.shape[axis]!]
    const inner = sizeOf(x!.shape.slice(axis + 1))
    return indices!.data.map(
      (index, at) => x!.data[(Math.floor(at / (count * inner)) * extent + index) * inner + (at % inner)]!,
    )
  },
  flops: () => 0,
  samples: [
    {
      inputs: [{ shape: [3, 5] }, { shape: [3, 2], dtype: 'int32', range: [0, 4] }],
      attributes: { axis: 1 },
    },
    {
      inputs: [{ shape: [2, 3, 4] }, { shape: [2, 5, 4], dtype: 'int32', range: [0, 2] }],
      attributes: { axis: 1 },
    },
    {
      inputs: [{ shape: [4, 3] }, { shape: [1, 3], dtype: 'int32', range: [0, 3] }],
      attributes: { axis: 0 },
    },
  ],
})

/** Indices must agree with x in every axis but the one that they index: nothing is stretched. */
export function requireRowIndices(name: string, x: TensorType, indices: TensorType, axis: number): void {
  const others = (shape: readonly number[]): number[] => shape.map((extent, a) => (a === axis ? 0 : extent))
  if (indices.dtype !== 'int32' || !sameShape(others(x.shape), others(indices.shape)))
    throw shapeError(
      `${name}: ${showType(indices)} does not index axis ${axis} of ${showType(x)}.`,
      'The indices must be int32, and of the same shape but for that axis.',
    )
}

/**
 * The elements of x along `axis` that `indices` (int32, of x's shape but for that axis) name, row by row; indices
 * outside the axis are the caller's mistake. Where all rows take the same ones, `gather` is it.
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, options: { axis: number }): Tensor {
  return make(takeAlongAxisOperation, [x, indices], {
    axis: normaliseAxis(options.axis, x.shape.length, 'takeAlongAxis'),
  })
}
