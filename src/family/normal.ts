import * as f from '../engine/index.ts'

/** ln √(2π). */
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI)

/**
 * A standard deviation that a network may choose: floor + e^raw.
 *
 * Smooth, so that its gradient never stops, and never below the floor: without one, the likelihood of a model that puts a
 * narrow normal on a single row grows without bound (Day 1969).
 */
export function deviationAbove(floor: number, raw: f.Tensor): f.Tensor {
  return f.add(f.exp(raw), floor)
}

/** log N(x; mean, deviation²) of each number, all of one shape. */
export function logNormal(x: f.Tensor, mean: f.Tensor, deviation: f.Tensor): f.Tensor {
  const standard = f.div(f.sub(x, mean), deviation)
  return f.sub(f.mul(f.square(standard), -0.5), f.add(f.log(deviation), halfLogTwoPi))
}

/** log N(z; 0, I) over the last axis, [..., n] → [...]. */
export function logStandardNormal(z: f.Tensor): f.Tensor {
  const last = z.shape.length - 1
  const squares = f.sum(f.square(z), { axes: [last] })
  return f.sub(f.mul(squares, -0.5), z.shape[last]! * halfLogTwoPi)
}
