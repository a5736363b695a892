import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import type { Operator } from './operator.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

type Matrix = readonly (readonly number[])[]

/** Below this nothing is divided by. */
const tiny = 1e-20
/** Directions whose eigenvalue is less than so much of the largest are left out. */
const least = 1e-10

/**
 * Rows and columns of pictures [c, h, w], each mapped by a matrix: y = M_h X M_wᵀ + s z of every channel X, [h, w] → [m_h, m_w].
 *
 * A = M_h ⊗ M_w, so the eigenvectors of A Aᵀ are products of those of M_h M_hᵀ and M_w M_wᵀ, and (a A Aᵀ + b I)⁻¹ costs four products
 * with small matrices. down: M_h, [m_h][h]; across: M_w, [m_w][w].
 */
export function separableMap({
  name,
  event,
  down,
  across,
}: {
  readonly name: string
  readonly event: f.Shape
  readonly down: Matrix
  readonly across: Matrix
}): Operator {
  const [channels, height, width] = event as readonly [number, number, number]
  const small = [channels, down.length, across.length] as const
  const [vertical, horizontal] = [eigenOfProduct(down), eigenOfProduct(across)]
  const most = Math.max(...vertical.values) * Math.max(...horizontal.values)
  const eigenvalues = vertical.values.flatMap((one) => horizontal.values.map((other) => one * other))
  const ofAll = (data: readonly number[], like: f.Tensor): f.Tensor => {
    const plane = f.constant({ shape: [1, 1, data.length], data })
    const rows = like.shape[0]!
    return f.reshape(f.broadcastTo(plane, [rows, channels, data.length]), [rows, small[0] * data.length])
  }
  return {
    name,
    dimension: channels * height * width,
    width: channels * small[1] * small[2],
    isLinear: true,
    given: {},
    apply: (x) => mapped(x, event, { down, across }),
    solve: (v, { a, b }) => {
      const inner = mapped(v, small, { down: vertical.rows, across: horizontal.rows })
      const weights = f.add(f.mul(perPoint(a, v), ofAll(eigenvalues, v)), perPoint(b, v))
      const kept = eigenvalues.map((value) => (value > least * most ? 1 : 0))
      const divided = f.mul(ofAll(kept, v), f.div(inner, f.max(weights, tiny)))
      return mapped(divided, small, { down: vertical.columns, across: horizontal.columns })
    },
  }
}

/** M_h X M_wᵀ of every channel, [B, c h w] → [B, c m_h m_w]. */
function mapped(
  x: f.Tensor,
  [channels, height, width]: f.Shape,
  { down, across }: { readonly down: Matrix; readonly across: Matrix },
): f.Tensor {
  const planes = x.shape[0]! * channels!
  const times = (rows: f.Tensor, matrix: Matrix): f.Tensor =>
    f.matmul(rows, f.constant({ shape: [matrix.length, matrix[0]!.length], data: matrix.flat() }), {
      transposeB: true,
    })
  const flat = (y: f.Tensor, last: number): f.Tensor => f.reshape(y, [f.sizeOf(y.shape) / last, last])
  const wide = f.reshape(times(flat(x, width!), across), [planes, height!, across.length])
  const tall = times(flat(f.transpose(wide, [0, 2, 1]), height!), down)
  const turned = f.transpose(f.reshape(tall, [planes, across.length, down.length]), [0, 2, 1])
  return f.reshape(turned, [x.shape[0]!, channels! * down.length * across.length])
}

/** M Mᵀ = U diag(values) Uᵀ; `columns` is U, `rows` its transpose. */
function eigenOfProduct(matrix: Matrix): {
  readonly values: readonly number[]
  readonly columns: Matrix
  readonly rows: Matrix
} {
  const { values, vectors } = symmetricEigen(
    matrix.map((one) => matrix.map((other) => one.reduce((sum, value, k) => sum + value * other[k]!, 0))),
  )
  return { values, columns: vectors, rows: vectors.map((_, j) => vectors.map((row) => row[j]!)) }
}
