import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, sameShape, shapeError, sizeOf } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { make } from './constant.ts'

interface ScatterAttributes extends Record<string, unknown> {
  readonly axis: number
  readonly size: number
}

/** y[…, indices[…, i, …], …] += x[…, i, …] from zeros: the transpose of takeAlongAxis.  dx = g taken. */
export const scatterAddAlongAxisOperation: Operation = defineOperation({
  name: 'scatterAddAlongAxis',
  summary: 'elements added up along one axis, at indices for each row',
  infer: ([x, indices], attributes) => {
    const { axis, size } = attributes as ScatterAttributes
    if (indices!.dtype !== 'int32' || x!.dtype !== 'float32' || !sameShape(x!.shape, indices!.shape))
      throw shapeError(
        `scatterAddAlongAxis: ${showType(indices!)} does not say where ${showType(x!)} goes.`,
        'The indices must be int32, one for each element.',
      )
    return { shape: x!.shape.map((extent, a) => (a === axis ? size : extent)), dtype: 'float32' }
  },
  derivative: ({ f, inputs: [, indices], attributes, cotangent }) => [
    f.takeAlongAxis(cotangent, indices!, { axis: attributes['axis'] as number }),
    null,
  ],
  lower: (c) => {
    const zeros = c.node('Expand', [c.float(0), c.int64s(c.tensor.shape)])
    const attributes = { axis: c.attribute<number>('axis'), reduction: 'add' }
    return c.node('ScatterElements', [zeros, c.input(1), c.input(0)], attributes)
  },
  reference: ([x, indices], attributes, output) => {
    const { axis, size } = attributes as ScatterAttributes
    const count = x!.shape[axis]!
    const inner = sizeOf(output.shape.slice(axis + 1))
    const result = new Float64Array(sizeOf(output.shape))
    for (const [at, value] of x!.data.entries()) {
      const outer = Math.floor(at / (count * inner))
      result[(outer * size + indices!.data[at]!) * inner + (at % inner)]! += value
    }
    return result
  },
  samples: [
    {
      inputs: [{ shape: [3, 4] }, { shape: [3, 4], dtype: 'int32', range: [0, 2] }],
      attributes: { axis: 1, size: 3 },
    },
    {
      inputs: [{ shape: [2, 3, 4] }, { shape: [2, 3, 4], dtype: 'int32', range: [0, 4] }],
      attributes: { axis: 1, size: 5 },
    },
  ],
})

/** Zeros of extent `size` along `axis`, with the elements of x added at `indices` (int32, of x's shape), row by row. */
export function scatterAddAlongAxis(
  x: Tensor,
  indices: Tensor,
  options: { axis: number; size: number },
): Tensor {
  const axis = normaliseAxis(options.axis, x.shape.length, 'scatterAddAlongAxis')
  return make(scatterAddAlongAxisOperation, [x, indices], { axis, size: options.size })
}
