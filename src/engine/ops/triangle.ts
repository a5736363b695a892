import { type Shape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { broadcastTo } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { squareMatrix } from './diagonal.ts'
import { where } from './where.ts'

/**
 * The lower or the upper triangle of the square matrices in the last two axes, and 0 elsewhere: [B…, n, n].
 * The diagonal belongs to it unless `strict`.
 */
export function triangle(x: Tensor, options: { part: 'lower' | 'upper'; strict?: boolean }): Tensor {
  const [, n] = squareMatrix('triangle', x.shape)
  const { part, strict = false } = options
  const inside = (row: number, column: number): boolean =>
    row === column ? !strict : part === 'lower' ? row > column : row < column
  return where(mask(n, inside, x.shape), x, 0)
}

function mask(n: number, inside: (row: number, column: number) => boolean, shape: Shape): Tensor {
  const data = Float64Array.from({ length: sizeOf([n, n]) }, (_, at) =>
    Number(inside(Math.floor(at / n), at % n)),
  )
  return broadcastTo(constant({ shape: [n, n], data }, { dtype: 'bool' }), shape)
}
