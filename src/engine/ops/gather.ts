import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, shapeError, sizeOf } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { make } from './constant.ts'

/** y[…, b…, …] = x[…, indices[b…], …] along one axis.  dx = g scattered back, added where indices repeat. */
export const gatherOperation: Operation = defineOperation({
  name: 'gather',
  summary: 'elements of one axis, chosen by index',
  infer: ([x, indices], attributes) => {
    const axis = attributes['axis'] as number
    if (indices!.dtype !== 'int32')
      throw shapeError(`gather: the indices are ${showType(indices!)}; they must be int32.`)
    return {
      shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)],
      dtype: x!.dtype,
    }
  },
  derivative: ({ f, inputs: [x, indices], attributes, cotangent }) => {
    if (x!.dtype !== 'float32') return [null, null]
    const axis = attributes['axis'] as number
    return [f.scatterAdd(cotangent, indices!, { axis, size: x!.shape[axis]! }), null]
  },
  lower: (c) => c.node('Gather', [c.input(0), c.input(1)], { axis: c.attribute<number>('axis') }),
  reference: ([x, indices], attributes, output) => {
    const axis = attributes['axis'] as number
    const inner = sizeOf(x!.shape.slice(axis + 1))
    const extent = x!.shape[axis]!
    const chosen = indices!.data.length
    return Float64Array.from({ length: sizeOf(output.shape) }, (_, at) => {
      const outer = Math.floor(at / (chosen * inner))
      const index = indices!.data[Math.floor(at / inner) % chosen]!
      return x!.data[(outer * extent + index) * inner + (at % inner)]!
    })
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [5, 3] }, { shape: [4], dtype: 'int32', range: [0, 4] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [2, 5] }, { shape: [3], dtype: 'int32', range: [0, 4] }], attributes: { axis: 1 } },
    {
      inputs: [{ shape: [5, 2] }, { shape: [2, 3], dtype: 'int32', range: [0, 4] }],
      attributes: { axis: 0 },
    },
  ],
})

/** The elements of x along `axis` that `indices` (int32) name; indices outside the axis are the caller's mistake. */
export function gather(x: Tensor, indices: Tensor, options: { axis?: number } = {}): Tensor {
  return make(gatherOperation, [x, indices], {
    axis: normaliseAxis(options.axis ?? 0, x.shape.length, 'gather'),
  })
}
