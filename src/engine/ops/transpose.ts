import { defineOperation, type Operation } from '../operation.ts'
import { shapeError, showShape, sizeOf, stridesOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'

/** y[i_p(0), i_p(1), …] = x[i₀, i₁, …]: axis k of y is axis p(k) of x.  dx = g under the inverse permutation. */
export const transposeOperation: Operation = defineOperation({
  name: 'transpose',
  summary: 'axes in another order',
  infer: ([x], attributes) => {
    const permutation = attributes['permutation'] as readonly number[]
    const sorted = [...permutation].sort((a, b) => a - b)
    if (sorted.length !== x!.shape.length || sorted.some((axis, i) => axis !== i))
      throw shapeError(
        `transpose: [${permutation.join(', ')}] does not order the axes of ${showShape(x!.shape)}.`,
      )
    return { shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype }
  },
  derivative: ({ f, attributes, cotangent }) => {
    const permutation = attributes['permutation'] as readonly number[]
    return [
      f.transpose(
        cotangent,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ]
  },
  lower: (c) => c.node('Transpose', [c.input(0)], { perm: c.attribute<readonly number[]>('permutation') }),
  reference: ([x], attributes, output) => {
    const permutation = attributes['permutation'] as readonly number[]
    const from = stridesOf(x!.shape)
    const to = stridesOf(output.shape)
    return Float64Array.from({ length: sizeOf(output.shape) }, (_, at) => {
      let source = 0
      for (const [axis, extent] of output.shape.entries())
        source += (Math.floor(at / to[axis]!) % extent) * from[permutation[axis]!]!
      return x!.data[source]!
    })
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { permutation: [1, 0] } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { permutation: [2, 0, 1] } },
  ],
})

/** x with its axes in the order `permutation`; without one, the last two swap. */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  const rank = x.shape.length
  const order = permutation ?? swapLast(rank)
  transposeOperation.infer([x], { permutation: order })
  if (x.operation === transposeOperation) {
    const inner = x.attributes['permutation'] as readonly number[]
    return transpose(
      x.inputs[0]!,
      order.map((axis) => inner[axis]!),
    )
  }
  if (order.every((axis, i) => axis === i)) return x
  return make(transposeOperation, [x], { permutation: [...order] })
}

/** The permutation that swaps the last two of `rank` axes. */
export function swapLast(rank: number): number[] {
  const order = Array.from({ length: rank }, (_, axis) => axis)
  return rank < 2 ? order : [...order.slice(0, -2), rank - 1, rank - 2]
}
