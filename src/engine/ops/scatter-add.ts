import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, sameShape, shapeError, sizeOf } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { make } from './constant.ts'

interface ScatterAttributes extends Record<string, unknown> {
  readonly axis: number
  readonly size: number
}

/** y[…, indices[b…], …] += x[…, b…, …] from zeros: the transpose of gather.  dx = g gathered. */
export const scatterAddOperation: Operation = defineOperation({
  name: 'scatterAdd',
  summary: 'elements added up at indices along one axis',
  infer: ([x, indices], attributes) => {
    const { axis, size } = attributes as ScatterAttributes
    const rank = indices!.shape.length
    if (
      indices!.dtype !== 'int32' ||
      x!.dtype !== 'float32' ||
      !sameShape(x!.shape.slice(axis, axis + rank), indices!.shape)
    )
      throw shapeError(`scatterAdd: ${showType(indices!)} does not index axis ${axis} of ${showType(x!)}.`)
    return { shape: [...x!.shape.slice(0, axis), size, ...x!.shape.slice(axis + rank)], dtype: 'float32' }
  },
  derivative: ({ f, inputs: [, indices], attributes, cotangent }) => [
    f.gather(cotangent, indices!, { axis: attributes['axis'] as number }),
    null,
  ],
  lower: (c) => {
    // ScatterND adds whole slices of the first axes, so the indexed axis goes first and comes back afterwards.
    const { axis, size } = c.tensor.attributes as ScatterAttributes
    const [x, indices] = c.tensor.inputs as [Tensor, Tensor]
    const chosen = sizeOf(indices.shape)
    const outer = x.shape.slice(0, axis)
    const inner = x.shape.slice(axis + indices.shape.length)
    const flat = c.reshape(c.input(0), [sizeOf(outer), chosen, sizeOf(inner)])
    const first = c.node('Transpose', [flat], { perm: [1, 0, 2] })
    const zeros = c.node('Expand', [c.float(0), c.int64s([size, sizeOf(outer), sizeOf(inner)])])
    const wide = c.node('Cast', [c.reshape(c.input(1), [chosen, 1])], { to: 7 })
    const added = c.node('ScatterND', [zeros, wide, first], { reduction: 'add' })
    const back = c.node('Transpose', [added], { perm: [1, 0, 2] })
    return c.reshape(back, c.tensor.shape)
  },
  reference: ([x, indices], attributes, output) => {
    const { axis, size } = attributes as ScatterAttributes
    const chosen = indices!.data.length
    const inner = sizeOf(output.shape.slice(axis + 1))
    const result = new Float64Array(sizeOf(output.shape))
    for (let at = 0; at < x!.data.length; at++) {
      const outer = Math.floor(at / (chosen * inner))
      const index = indices!.data[Math.floor(at / inner) % chosen]!
      const target = (outer * size + index) * inner + (at % inner)
      result[target] = result[target]! + x!.data[at]!
    }
    return result
  },
  samples: [
    {
      inputs: [{ shape: [4, 3] }, { shape: [4], dtype: 'int32', range: [0, 4] }],
      attributes: { axis: 0, size: 5 },
    },
    {
      inputs: [{ shape: [2, 3, 2] }, { shape: [3], dtype: 'int32', range: [0, 1] }],
      attributes: { axis: 1, size: 4 },
    },
    {
      inputs: [{ shape: [2, 3, 2] }, { shape: [2, 3], dtype: 'int32', range: [0, 3] }],
      attributes: { axis: 0, size: 4 },
    },
  ],
})

/** Zeros of extent `size` along `axis`, with the elements of x added at `indices` (int32). */
export function scatterAdd(x: Tensor, indices: Tensor, options: { axis: number; size: number }): Tensor {
  const rank = x.shape.length - indices.shape.length + 1
  const axis = normaliseAxis(options.axis, rank, 'scatterAdd')
  return make(scatterAddOperation, [x, indices], { axis, size: options.size })
}
