import { defineOperation, type LowerContext, type Operation } from '../operation.ts'
import { sameShape, shapeError, sizeOf } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { make } from './constant.ts'
import { squareMatrix } from './diagonal.ts'
import { transpose } from './transpose.ts'
import { triangle } from './triangle.ts'

/**
 * X with L X = B, or Lᵀ X = B, where only the lower triangle of L is read.
 * dB = C, the solution of the transposed system for g;  dL = −tril(C Xᵀ), transposed −tril(X Cᵀ).
 */
export const triangularSolveOperation: Operation = defineOperation({
  name: 'triangularSolve',
  summary: 'solution of a linear system with a triangular matrix',
  infer: ([l, b]) => {
    const [batch, n] = squareMatrix('triangularSolve', l!.shape)
    const fits = sameShape([...batch, n], b!.shape.slice(0, -1)) && b!.shape.length === l!.shape.length
    if (!fits || l!.dtype !== 'float32' || b!.dtype !== 'float32')
      throw shapeError(
        `triangularSolve: ${showType(b!)} is no right side for ${showType(l!)}.`,
        'The matrix is float32 [B…, n, n] and the right side float32 [B…, n, m].',
      )
    return b!
  },
  derivative: ({ f, inputs: [l], attributes, output: x, cotangent }) => {
    const transposed = attributes['transpose'] as boolean
    const c = f.triangularSolve(l!, cotangent, { transpose: !transposed })
    const product = transposed ? f.matmul(x, c, { transposeB: true }) : f.matmul(c, x, { transposeB: true })
    return [triangle(f.neg(product), { part: 'lower' }), c]
  },
  lower: (c) => {
    const [batch, n] = squareMatrix('triangularSolve', c.tensor.inputs[0]!.shape)
    const count = sizeOf(batch)
    const m = c.tensor.shape.at(-1)!
    if (sizeOf(c.tensor.shape) === 0) return c.node('Identity', [c.input(1)])
    const matrix = c.node('Trilu', [c.reshape(c.input(0), [count, n, n])], { upper: 0 })
    const turn = (value: string): string =>
      c.attribute<boolean>('transpose') ? c.node('Transpose', [value], { perm: [0, 2, 1] }) : value
    const inverse = turn(writeInverse(c, matrix, count, n))
    const right = c.reshape(c.input(1), [count, n, m])
    const first = c.node('MatMul', [inverse, right])
    // One refinement: the residual of a product with an inverse is larger than that of a substitution.
    const residual = c.node('Sub', [right, c.node('MatMul', [turn(matrix), first])])
    return c.reshape(c.node('Add', [first, c.node('MatMul', [inverse, residual])]), c.tensor.shape)
  },
  reference: ([l, b], attributes) => {
    const n = l!.shape.at(-1)!
    const m = b!.shape.at(-1)!
    const transposed = attributes['transpose'] as boolean
    const x = Float64Array.from(b!.data)
    for (let start = 0, matrix = 0; start < x.length; start += n * m, matrix += n * n)
      for (let step = 0; step < n; step++) {
        // Substitution: from the first row on, or for Lᵀ from the last one back.
        const i = transposed ? n - 1 - step : step
        for (let column = 0; column < m; column++) {
          let rest = x[start + i * m + column]!
          for (let k = transposed ? i + 1 : 0; k < (transposed ? n : i); k++)
            rest -= l!.data[matrix + (transposed ? k * n + i : i * n + k)]! * x[start + k * m + column]!
          x[start + i * m + column] = rest / l!.data[matrix + i * n + i]!
        }
      }
    return x
  },
  flops: ([l], output) => 8 * l!.shape.at(-1)! * sizeOf(output.shape),
  samples: [false, true].flatMap((transpose) => [
    { inputs: [{ shape: [3, 3], diagonal: 4 }, { shape: [3, 2] }], attributes: { transpose } },
    { inputs: [{ shape: [2, 4, 4], diagonal: 4 }, { shape: [2, 4, 1] }], attributes: { transpose } },
  ]),
})

/**
 * L⁻¹ of lower triangular matrices [B, n, n], in log₂ n rounds that each double the size of the blocks inverted:
 * [[P, 0], [M, Q]]⁻¹ = [[P⁻¹, 0], [−Q⁻¹ M P⁻¹, Q⁻¹]], all pairs of blocks of a round in one product.
 */
function writeInverse(c: LowerContext, matrix: string, count: number, n: number): string {
  const rounds = Math.ceil(Math.log2(n))
  const size = 2 ** rounds
  // Filled up to a power of two: with zeros, and with ones on the diagonal.
  const flat = c.reshape(c.node('Pad', [matrix, c.int64s([0, 0, 0, 0, size - n, size - n])]), [
    count,
    size * size,
  ])
  const take = (indices: number[]): string => c.node('Gather', [flat, c.int64s(indices)], { axis: 1 })
  const pivots = take(Array.from({ length: n }, (_, i) => i * (size + 1)))
  const inverted = c.node('Reciprocal', [pivots])
  let inverse = c.node('Pad', [inverted, c.int64s([0, 0, 0, size - n]), c.float(1)])
  for (let s = 1; s < size; s *= 2) {
    const pairs = size / (2 * s)
    const blocks = c.reshape(inverse, [count, pairs, 2, s, s])
    const upper = c.node('Gather', [blocks, c.int64(0)], { axis: 2 })
    const lower = c.node('Gather', [blocks, c.int64(1)], { axis: 2 })
    const below = Array.from({ length: pairs * s * s }, (_, at) => {
      const [pair, row, column] = [Math.floor(at / (s * s)), Math.floor(at / s) % s, at % s]
      return (2 * pair * s + s + row) * size + 2 * pair * s + column
    })
    const between = c.reshape(take(below), [count, pairs, s, s])
    const product = (a: string, b: string): string => c.node(s === 1 ? 'Mul' : 'MatMul', [a, b])
    const corner = c.node('Neg', [product(product(lower, between), upper)])
    const top = c.node('Pad', [upper, c.int64s([0, 0, 0, 0, 0, 0, 0, s])])
    const bottom = c.node('Concat', [corner, lower], { axis: 3 })
    inverse = c.node('Concat', [top, bottom], { axis: 2 })
  }
  const whole = c.reshape(inverse, [count, size, size])
  return c.node('Slice', [whole, c.int64s([0, 0]), c.int64s([n, n]), c.int64s([1, 2])])
}

/**
 * X with L X = B for lower triangular L: [B…, n, n] and B: [B…, n, m]; with `transpose` Lᵀ X = B; with `upper` L is
 * upper triangular. Only that triangle of L is read. A zero on the diagonal gives infinities or NaN.
 *
 * ONNX has no such operator. Blocks are inverted in log₂ n rounds and the product refined once: some 11 log₂ n nodes,
 * 4 n² (n + 2 m) operations where substitution takes n² m, which needs n steps one after the other.
 */
export function triangularSolve(
  l: Tensor,
  b: Tensor,
  options: { transpose?: boolean; upper?: boolean } = {},
): Tensor {
  const { transpose: transposed = false, upper = false } = options
  squareMatrix('triangularSolve', l.shape)
  if (!upper) return make(triangularSolveOperation, [l, b], { transpose: transposed })
  return make(triangularSolveOperation, [transposeLast(l), b], { transpose: !transposed })
}

/** The matrices in the last two axes, transposed. */
function transposeLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis)
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
}
