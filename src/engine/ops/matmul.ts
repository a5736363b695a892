import { defineOperation, type Operation } from '../operation.ts'
import { sameShape, shapeError, showShape, sizeOf } from '../shape.ts'
import { showType, type Tensor, type TensorType } from '../tensor.ts'
import { broadcastTo, uniformValue, unstretched } from './broadcast-to.ts'
import { constant, constantData, make } from './constant.ts'
import { mul } from './mul.ts'
import { neg } from './neg.ts'
import { reshape } from './reshape.ts'
import { slice } from './slice.ts'
import { swapLast, transpose, transposeOperation } from './transpose.ts'

/** Which operands are read with their last two axes swapped. */
export interface MatmulOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
}

/** A B over the last two axes, either operand transposed without a copy; leading axes are batches and must agree. */
export const matmulOperation: Operation = defineOperation({
  name: 'matmul',
  summary: 'matrix product over the last two axes',
  infer: ([a, b], attributes) => {
    const [rows, inner] = matrixOf(a!, attributes['transposeA'] as boolean)
    const [innerB, columns] = matrixOf(b!, attributes['transposeB'] as boolean)
    const batch = a!.shape.slice(0, -2)
    if (
      inner !== innerB ||
      !sameShape(batch, b!.shape.slice(0, -2)) ||
      a!.dtype !== 'float32' ||
      b!.dtype !== 'float32'
    )
      throw shapeError(
        `matmul: ${showType(a!)}${attributes['transposeA'] ? 'ᵀ' : ''} and ${showType(b!)}${attributes['transposeB'] ? 'ᵀ' : ''} do not multiply.`,
        'The inner extents and the batch axes must agree.',
      )
    return { shape: [...batch, rows, columns], dtype: 'float32' }
  },
  derivative: ({ f, inputs: [a, b], attributes, cotangent: g }) => {
    const { transposeA, transposeB } = attributes as Required<MatmulOptions>
    return [
      transposeA
        ? f.matmul(b!, g, { transposeA: transposeB, transposeB: true })
        : f.matmul(g, b!, { transposeB: !transposeB }),
      transposeB
        ? f.matmul(g, a!, { transposeA: true, transposeB: transposeA })
        : f.matmul(a!, g, { transposeA: !transposeA }),
    ]
  },
  lower: (c) => {
    const { transposeA, transposeB } = c.tensor.attributes as Required<MatmulOptions>
    if (c.tensor.shape.length === 2)
      return c.node('Gemm', [c.input(0), c.input(1)], {
        transA: transposeA ? 1 : 0,
        transB: transposeB ? 1 : 0,
      })
    // The runtime fuses a transposition of the last two axes into the product.
    const swap = { perm: swapLast(c.tensor.shape.length) }
    const a = transposeA ? c.node('Transpose', [c.input(0)], swap) : c.input(0)
    const b = transposeB ? c.node('Transpose', [c.input(1)], swap) : c.input(1)
    return c.node('MatMul', [a, b])
  },
  reference: ([a, b], attributes, output) => {
    const { transposeA, transposeB } = attributes as Required<MatmulOptions>
    const rank = output.shape.length
    const [rows, columns] = [output.shape[rank - 2]!, output.shape[rank - 1]!]
    const inner = matrixOf({ shape: a!.shape, dtype: 'float32' }, transposeA)[1]
    const result = new Float64Array(sizeOf(output.shape))
    for (let at = 0; at < result.length; at++) {
      const batch = Math.floor(at / (rows * columns))
      const i = Math.floor(at / columns) % rows
      const j = at % columns
      let total = 0
      for (let k = 0; k < inner; k++) {
        const left = transposeA ? k * rows + i : i * inner + k
        const right = transposeB ? j * inner + k : k * columns + j
        total += a!.data[batch * rows * inner + left]! * b!.data[batch * inner * columns + right]!
      }
      result[at] = total
    }
    return result
  },
  flops: ([a], output, attributes) =>
    2 * sizeOf(output.shape) * matrixOf(a!, attributes['transposeA'] as boolean)[1],
  samples: [
    ...[false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) => ({
        inputs: [{ shape: transposeA ? [4, 3] : [3, 4] }, { shape: transposeB ? [5, 4] : [4, 5] }],
        attributes: { transposeA, transposeB },
      })),
    ),
    ...[false, true].map((transposeB) => ({
      inputs: [{ shape: [2, 3, 4] }, { shape: transposeB ? [2, 5, 4] : [2, 4, 5] }],
      attributes: { transposeA: false, transposeB },
    })),
    {
      inputs: [{ shape: [2, 4, 3] }, { shape: [2, 4, 5] }],
      attributes: { transposeA: true, transposeB: false },
    },
  ],
})

/** A B; with `transposeA` AᵀB, with `transposeB` A Bᵀ. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const [left, transposeA] = absorbTranspose(a, options.transposeA ?? false)
  const [right, transposeB] = absorbTranspose(b, options.transposeB ?? false)
  const attributes = { transposeA, transposeB }
  const { shape } = matmulOperation.infer([left, right], attributes)
  if (uniformValue(left) === 0 || uniformValue(right) === 0) return broadcastTo(constant(0), shape)
  if (left.operation === neg.operation) return neg(matmul(left.inputs[0]!, right, attributes))
  if (right.operation === neg.operation) return neg(matmul(left, right.inputs[0]!, attributes))
  const simple = transposeA || left.shape.length > 2 ? undefined : rowProduct(left, right, transposeB)
  return simple ?? make(matmulOperation, [left, right], attributes)
}

/**
 * Products of simple rows: where all rows of A are alike, or alike but for a factor each, one row's product serves for
 * all; a row with a single number in it picks a row of B.
 */
function rowProduct(left: Tensor, right: Tensor, transposeB: boolean): Tensor | undefined {
  const [rows, inner] = left.shape as [number, number]
  const columns = right.shape[transposeB ? 0 : 1]!
  const picked = rows === 1 ? onlyNonZero(left) : undefined
  if (picked) {
    const row = slice(transposeB ? transpose(right) : right, {
      axis: 0,
      start: picked.at,
      end: picked.at + 1,
    })
    return mul(row, picked.value)
  }
  if (rows === 1) return undefined
  const source = commonRow(left, inner)
  if (source) return broadcastTo(matmul(source, right, { transposeB }), [rows, columns])
  if (left.operation !== mul.operation) return undefined
  for (const [factor, row] of [left.inputs, [...left.inputs].reverse()] as Tensor[][]) {
    const common = commonRow(row!, inner)
    const perRow = unstretched(factor!)
    if (common && sameShape(perRow.shape, [rows, 1])) {
      const product = matmul(common, right, { transposeB })
      return mul(broadcastTo(perRow, [rows, columns]), broadcastTo(product, [rows, columns]))
    }
  }
  return undefined
}

/** The row [1, k] that x repeats, if it repeats one. */
function commonRow(x: Tensor, inner: number): Tensor | undefined {
  const row = unstretched(x)
  return row !== x && sizeOf(row.shape) === inner && row.shape.at(-1) === inner
    ? reshape(row, [1, inner])
    : undefined
}

/** Where a constant row has its one number that is not 0. */
function onlyNonZero(x: Tensor): { at: number; value: number } | undefined {
  const data = constantData(x)
  const at = data?.findIndex((value) => value !== 0) ?? -1
  if (!data || at < 0 || data.subarray(at + 1).some((value) => value !== 0)) return undefined
  return { at, value: data[at]! }
}

function absorbTranspose(x: Tensor, flag: boolean): [Tensor, boolean] {
  if (x.operation !== transposeOperation) return [x, flag]
  const permutation = x.attributes['permutation'] as readonly number[]
  return sameShape(permutation, swapLast(permutation.length)) ? [x.inputs[0]!, !flag] : [x, flag]
}

function matrixOf(x: TensorType, transposed: boolean): [number, number] {
  const rank = x.shape.length
  if (rank < 2) throw shapeError(`matmul: ${showShape(x.shape)} is no matrix.`)
  const [rows, columns] = [x.shape[rank - 2]!, x.shape[rank - 1]!]
  return transposed ? [columns, rows] : [rows, columns]
}
