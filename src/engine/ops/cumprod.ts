import { normaliseAxis } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { broadcastTo } from './broadcast-to.ts'
import { concat } from './concat.ts'
import { constant } from './constant.ts'
import { mul } from './mul.ts'
import { slice } from './slice.ts'

/**
 * y_i = Π_{j ≤ i} x_j along `axis`; from the end, j ≥ i, if `reverse`.
 *
 * In ⌈log₂ n⌉ rounds, each of which multiplies by what stands twice as far away: ONNX has no such operator. No division
 * takes place, so that zeros among the x_j have exact derivatives too.  Hillis & Steele 1986
 */
export function cumprod(x: Tensor, options: { axis: number; reverse?: boolean }): Tensor {
  const axis = normaliseAxis(options.axis, x.shape.length, 'cumprod')
  const extent = x.shape[axis]!
  let y = x
  for (let distance = 1; distance < extent; distance *= 2) {
    const ones = broadcastTo(
      constant(1),
      x.shape.map((e, a) => (a === axis ? distance : e)),
    )
    const moved = options.reverse
      ? concat([slice(y, { axis, start: distance }), ones], { axis })
      : concat([ones, slice(y, { axis, start: 0, end: extent - distance })], { axis })
    y = mul(y, moved)
  }
  return y
}
