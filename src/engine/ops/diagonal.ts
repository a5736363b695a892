import { type Shape, shapeError, showShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { pad } from './pad.ts'
import { reshape } from './reshape.ts'
import { slice } from './slice.ts'
import { sum } from './sum.ts'

/** x_ii of the square matrices in the last two axes: [B…, n, n] to [B…, n]. Every (n + 1)-th element, so one slice. */
export function diagonal(x: Tensor): Tensor {
  const [batch, n] = squareMatrix('diagonal', x.shape)
  const rows = reshape(x, [...batch, n * n])
  return n === 0 ? rows : slice(rows, { axis: batch.length, start: 0, step: n + 1 })
}

/** Matrices with x on their diagonals and 0 elsewhere: [B…, n] to [B…, n, n]. The transpose of `diagonal`. */
export function diagonalMatrix(x: Tensor): Tensor {
  const [batch, n] = [x.shape.slice(0, -1), x.shape.at(-1)]
  if (n === undefined) throw shapeError('diagonalMatrix: a scalar has no axis to put on a diagonal.')
  const axis = batch.length
  // Each element and n zeros after it; the zeros after the last are too many.
  const spread = pad(reshape(x, [...batch, n, 1]), { axis: axis + 1, after: n })
  const flat = reshape(spread, [...batch, n * (n + 1)])
  return reshape(slice(flat, { axis, start: 0, end: n * n }), [...batch, n, n])
}

/** Σ x_ii of the square matrices in the last two axes: [B…, n, n] to [B…]. */
export function trace(x: Tensor): Tensor {
  return sum(diagonal(x), { axes: [-1] })
}

/** The batch axes and the extent of square matrices. @throws where the last two axes are not alike. */
export function squareMatrix(name: string, shape: Shape): [batch: Shape, n: number] {
  const [rows, columns] = shape.slice(-2)
  if (columns === undefined || rows !== columns)
    throw shapeError(`${name}: ${showShape(shape)} holds no square matrices in its last two axes.`)
  return [shape.slice(0, -2), columns]
}
