import * as f from '../ops/index.ts'
import { sameShape, shapeError, showShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { vjp } from './vjp.ts'

/**
 * Exact trace of the Jacobian, row by row: tr ∂y_b/∂x_b, for y, x: [B, d] where row b of y depends on row b of x only.
 *
 * d reverse passes over the one forward pass that they share. Returns [B].
 */
export function jacobianTrace(y: Tensor, x: Tensor): Tensor {
  requireSquare('jacobianTrace', y, x)
  const [rows, dimension] = y.shape as [number, number]
  let trace: Tensor | undefined
  for (let i = 0; i < dimension; i++) {
    const unit = new Float64Array(dimension)
    unit[i] = 1
    const basis = f.broadcastTo(f.constant({ shape: [1, dimension], data: unit }), y.shape)
    const row = vjp([y], [x], [basis])[0]!
    const entry = f.reshape(f.slice(row, { axis: 1, start: i, end: i + 1 }), [rows])
    trace = trace ? f.add(trace, entry) : entry
  }
  return trace ?? f.broadcastTo(f.constant(0), [rows])
}

/**
 * Hutchinson's estimate of the trace, row by row: vᵀ (∂y/∂x) v with a probe v: [B, d], E[v vᵀ] = I.
 *
 * One reverse pass whatever d is. Unbiased; its variance is the probe's. Returns [B].
 * Hutchinson 1989; Skilling 1989.
 */
export function jacobianTraceEstimate(y: Tensor, x: Tensor, probe: Tensor): Tensor {
  requireSquare('jacobianTraceEstimate', y, x)
  return f.sum(f.mul(vjp([y], [x], [probe])[0]!, probe), { axes: [1] })
}

function requireSquare(name: string, y: Tensor, x: Tensor): void {
  if (y.shape.length !== 2 || !sameShape(y.shape, x.shape))
    throw shapeError(`${name}: y is ${showShape(y.shape)} and x ${showShape(x.shape)}; both must be [B, d].`)
}
