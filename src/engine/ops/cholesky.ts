import { defineOperation, type LowerContext, type Operation } from '../operation.ts'
import { sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'
import { diagonal, squareMatrix } from './diagonal.ts'
import { requireDType } from './elementwise.ts'
import { log } from './log.ts'
import { mul } from './mul.ts'
import { sum } from './sum.ts'
import { swapLast } from './transpose.ts'
import { triangle } from './triangle.ts'

/**
 * L with L Lᵀ = ½ (A + Aᵀ), lower triangular with a positive diagonal.
 * dA = ½ (P + Pᵀ), P = L⁻ᵀ Φ(Lᵀ g) L⁻¹, where Φ keeps the lower triangle and half the diagonal.  Murray 2016
 */
export const choleskyOperation: Operation = defineOperation({
  name: 'cholesky',
  summary: 'lower triangular root of a positive definite matrix',
  infer: ([a]) => {
    requireDType('cholesky', a!, 'float32')
    squareMatrix('cholesky', a!.shape)
    return a!
  },
  derivative: ({ f, output: l, cotangent }) => {
    const swap = swapLast(l.shape.length)
    const product = f.matmul(l, cotangent, { transposeA: true })
    const strict = triangle(product, { part: 'lower', strict: true })
    const phi = f.mul(0.5, f.add(triangle(product, { part: 'lower' }), strict))
    const left = f.triangularSolve(l, phi, { transpose: true })
    const p = f.triangularSolve(l, f.transpose(left, swap), { transpose: true })
    return [f.mul(0.5, f.add(p, f.transpose(p, swap)))]
  },
  lower: (c) => {
    const [batch, n] = squareMatrix('cholesky', c.tensor.shape)
    if (sizeOf(c.tensor.shape) === 0) return c.node('Identity', [c.input(0)])
    const a = c.reshape(c.input(0), [sizeOf(batch), n, n])
    const both = c.node('Add', [a, c.node('Transpose', [a], { perm: [0, 2, 1] })])
    return c.reshape(writeColumns(c, c.node('Mul', [both, c.float(0.5)]), n), c.tensor.shape)
  },
  reference: ([a]) => {
    const n = a!.shape.at(-1)!
    const l = new Float64Array(a!.data.length)
    for (let start = 0; start < l.length; start += n * n)
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          let rest = (a!.data[start + i * n + j]! + a!.data[start + j * n + i]!) / 2
          for (let k = 0; k < j; k++) rest -= l[start + i * n + k]! * l[start + j * n + k]!
          l[start + i * n + j] = i === j ? Math.sqrt(rest) : rest / l[start + j * n + j]!
        }
    return l
  },
  flops: (_inputs, output) => output.shape.at(-1)! * sizeOf(output.shape),
  samples: [
    { inputs: [{ shape: [3, 3], range: [-1, 1], diagonal: 4 }] },
    { inputs: [{ shape: [2, 4, 4], range: [-1, 1], diagonal: 5 }] },
    { inputs: [{ shape: [1, 1], range: [1, 2] }] },
  ],
})

/** Column by column: each is divided by the root of its pivot, and its outer product taken from what is left. */
function writeColumns(c: LowerContext, matrix: string, n: number): string {
  const axes = c.int64s([1, 2])
  const cut = (value: string, from: readonly number[], to: readonly number[]): string =>
    c.node('Slice', [value, c.int64s(from), c.int64s(to), axes])
  const columns: string[] = []
  let left = matrix
  for (let j = 0; j < n; j++) {
    const size = n - j
    const first = cut(left, [0, 0], [size, 1])
    const column = c.node('Div', [first, c.node('Sqrt', [cut(first, [0, 0], [1, 1])])])
    columns.push(j === 0 ? column : c.node('Pad', [column, c.int64s([0, j, 0, 0, 0, 0])]))
    if (size === 1) break
    const below = cut(column, [1, 0], [size, 1])
    const outer = c.node('Mul', [below, c.node('Transpose', [below], { perm: [0, 2, 1] })])
    left = c.node('Sub', [cut(left, [1, 1], [size, size]), outer])
  }
  return columns.length === 1 ? columns[0]! : c.node('Concat', columns, { axis: 2 })
}

/**
 * The lower triangular L with L Lᵀ = A, for positive definite A: [B…, n, n]; of A its symmetric part is read. NaN where
 * A is not positive definite.
 *
 * ONNX has no such operator: 10 n nodes, one column after the other. Made for n up to some dozens.
 */
export function cholesky(a: Tensor): Tensor {
  return make(choleskyOperation, [a], {})
}

/** ln det A = 2 Σ ln L_ii of positive definite A: [B…, n, n] to [B…]. NaN where A is not positive definite. */
export function logDeterminant(a: Tensor): Tensor {
  return mul(2, sum(log(diagonal(cholesky(a))), { axes: [-1] }))
}
