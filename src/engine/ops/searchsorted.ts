import { defineOperation, type Operation } from '../operation.ts'
import { sameShape, shapeError } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { make } from './constant.ts'

/** How many of a row's edges are ≤ each value (< with `left`), as int32. It has no derivative. */
export const searchsortedOperation: Operation = defineOperation({
  name: 'searchsorted',
  summary: 'between which edges of its row each value lies',
  infer: ([edges, values]) => {
    const floats = edges!.dtype === 'float32' && values!.dtype === 'float32'
    if (
      !floats ||
      edges!.shape.length === 0 ||
      !sameShape(edges!.shape.slice(0, -1), values!.shape.slice(0, -1))
    )
      throw shapeError(
        `searchsorted: ${showType(edges!)} are no edges for ${showType(values!)}.`,
        'Edges are float32 [B…, n] and values float32 [B…, m].',
      )
    return { shape: values!.shape, dtype: 'int32' }
  },
  derivative: () => [null, null],
  // ONNX has no search. Comparing each value with each edge vectorises, and wins up to hundreds of edges.
  lower: (c) => {
    const { shape } = c.tensor
    const [batch, last] = [shape.slice(0, -1), c.tensor.inputs[0]!.shape.at(-1)!]
    const edges = c.reshape(c.input(0), [...batch, 1, last])
    const values = c.reshape(c.input(1), [...shape, 1])
    const below = c.node(c.attribute<boolean>('left') ? 'Greater' : 'GreaterOrEqual', [values, edges])
    const ones = c.node('Cast', [below], { to: 6 })
    return c.node('ReduceSum', [ones, c.int64s([shape.length])], { keepdims: 0 })
  },
  reference: ([edges, values], attributes) => {
    const [n, m] = [edges!.shape.at(-1)!, values!.shape.at(-1)!]
    return values!.data.map((value, at) => {
      const row = edges!.data.subarray(Math.floor(at / m) * n, (Math.floor(at / m) + 1) * n)
      return row.filter((edge) => (attributes['left'] ? edge < value : edge <= value)).length
    })
  },
  flops: ([edges, values]) => 3 * edges!.shape.at(-1)! * values!.shape.reduce((size, e) => size * e, 1),
  samples: [
    { inputs: [{ shape: [2, 5] }, { shape: [2, 3] }], attributes: { left: false } },
    { inputs: [{ shape: [4] }, { shape: [6] }], attributes: { left: true } },
  ],
})

/**
 * Where each value falls among the ascending edges of its row: the number of edges ≤ it, from 0 to n, as int32.
 * edges: [B…, n], values: [B…, m]. With `side: 'left'` the number of edges < it, so that an edge itself lies left.
 *
 * Bin k of a spline between edges k and k + 1 is searchsorted(edges, x) − 1, clipped. Costs n comparisons a value.
 */
export function searchsorted(
  edges: Tensor,
  values: Tensor,
  options: { side?: 'left' | 'right' } = {},
): Tensor {
  return make(searchsortedOperation, [edges, values], { left: options.side === 'left' })
}
