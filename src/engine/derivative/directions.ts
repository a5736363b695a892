import * as f from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'

/** Some of the unit vectors of a variable's last axis, along which a pass carries tangents: k of n. */
export interface Directions {
  /** k */
  readonly count: number
  /** Their rows of a matrix, [n, m] to [k, m]. */
  rows(matrix: Tensor): Tensor
  /** Their columns, [B, n] to [B, k]. */
  columns(x: Tensor): Tensor
  /** x: [B, n] in their columns, and 0 in the others. */
  alone(x: Tensor): Tensor
  /** The vectors themselves, [k, n]. */
  units(n: number): Tensor
}

/** The unit vectors from `start` up to `end`. */
export function between(start: number, end: number): Directions {
  const count = end - start
  return {
    count,
    rows: (matrix) => f.slice(matrix, { axis: 0, start, end }),
    columns: (x) => f.slice(x, { axis: 1, start, end }),
    alone: (x) => {
      const n = x.shape[1]!
      if (count === n) return x
      return f.pad(f.slice(x, { axis: 1, start, end }), { axis: 1, before: start, after: n - end })
    },
    units: (n) => {
      const data = new Float64Array(count * n)
      for (let j = start; j < end; j++) data[(j - start) * n + j] = 1
      return f.constant({ shape: [count, n], data })
    },
  }
}

/** The unit vectors at these places, int32 [k], that are known in a round of a loop only. */
export function atPlaces(places: Tensor): Directions {
  const units = (n: number): Tensor => f.cast(f.oneHot(places, n), 'float32')
  return {
    count: places.shape[0]!,
    rows: (matrix) => f.gather(matrix, places, { axis: 0 }),
    columns: (x) => f.gather(x, places, { axis: 1 }),
    alone: (x) => f.mul(x, f.broadcastTo(f.sum(units(x.shape[1]!), { axes: [0] }), x.shape)),
    units,
  }
}
