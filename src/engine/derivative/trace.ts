import { broadcastToOperation } from '../ops/broadcast-to.ts'
import * as f from '../ops/index.ts'
import { sameShape, shapeError, showShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { between, type Directions } from './directions.ts'
import { ForwardPass, type Tangents } from './forward.ts'
import { NoBatchingRule, replay } from './replay.ts'
import { fitsBudget, overDirections } from './rounds.ts'
import { dependentsOf, entryOf, firstProduct, lastProduct, summandsOf, times } from './structure.ts'
import { traceUnrolled } from './unrolled.ts'
import { lifted } from './value.ts'
import { grad, pullback, vjp } from './vjp.ts'

/**
 * How an exact trace is found. All ways give the same number, and the same gradients, up to rounding.
 *
 * `forward`: value and d tangents carried together, in one pass forward. `width`: the same with a direction for each of
 * the H columns of the first product instead, where x enters by one product x W₁ (and a Jacobian leaves by one, h W_L):
 * tr(W₁ A W_L) = tr(A W_L W₁), and d plays no part. `reverse`: the pass backward, which is linear in its cotangent, for
 * `chunk` cotangents at a time. `unrolled`: d passes backward, each written out, for what has none of those.
 */
export type TraceWay = 'forward' | 'width' | 'reverse' | 'unrolled'

/** Which way, where it is not to be chosen. */
export interface TraceOptions {
  readonly way?: TraceWay | undefined
  /** Directions carried at once: what is left of them follows in further passes. All unless given; 8 for `reverse`. */
  readonly chunk?: number | undefined
  /**
   * Bytes that what is carried along the directions may take, as a gradient keeps it until it is used; 1e9 unless given.
   * Above that the directions go some at a time, in the rounds of a loop: a gradient then works each round out again, a third
   * more work, in memory that does not grow with d. The way `unrolled` knows no budget.
   */
  readonly budgetBytes?: number | undefined
}

/** Cotangents at once: more of them leave the caches, fewer are more operations. */
const reverseChunk = 8

/**
 * Exact trace of the Jacobian, row by row: tr ∂y_b/∂x_b, for y, x: [B, d] where row b of y depends on row b of x only.
 *
 * Unless told, it goes through the hidden width H where first and last layer are linear and d > H/2 (a direction costs
 * half as much there); else forward; else, where an operation has no rule for several directions at once, backward.
 * Factors for each row and skip connections (c_skip x + c_out F(c_in x)) are taken apart before. Returns [B].
 * @throws `engine/shape` where the told way does not exist for this field.
 */
export function jacobianTrace(y: Tensor, x: Tensor, options: TraceOptions = {}): Tensor {
  requireSquare('jacobianTrace', y, x)
  const [rows, dimension] = x.shape as [number, number]
  if (dimension === 0) return f.broadcastTo(f.constant(0), [rows])
  if (options.way === 'unrolled') return traceUnrolled(y, x)
  const parts = summandsOf(y, dependentsOf([y], x)).map(({ factor, field }) => {
    if (field === x) return perRow(factor, f.broadcastTo(f.constant(dimension), [rows]))
    const entry = entryOf(field, x, dependentsOf([field], x))
    return perRow(times(factor, entry.factor), fieldTrace(field, entry.variable, options))
  })
  return parts.reduce((a, b) => f.add(a, b), f.broadcastTo(f.constant(0), [rows]))
}

/**
 * Exact trace of the Hessian, row by row: Δ_x E_b, for E: [B], x: [B, d] where E_b depends on row b of x only.
 *
 * Unless told, by the forward Laplacian, which carries value, tangents and Laplacian together; through the hidden
 * width H where x enters by one product and d > 3H/2; where an operation has no rule for several directions at once,
 * backward over the gradient. The trace of an energy's score −∇E is −Δ E, and costs less this way than as a
 * `jacobianTrace` of the score. Returns [B].
 * Li, Ye, Zhang, et al. 2023 (forward Laplacian).
 * @throws `engine/shape` where the told way does not exist for this energy.
 */
export function hessianTrace(energy: Tensor, x: Tensor, options: TraceOptions = {}): Tensor {
  const rows = x.shape[0]!
  if (x.shape.length !== 2 || !sameShape(energy.shape, [rows]))
    throw shapeError(
      `hessianTrace: the energy is ${showShape(energy.shape)} and x ${showShape(x.shape)}; they must be [B] and [B, d].`,
    )
  const zeros = f.broadcastTo(f.constant(0), [rows])
  if (x.shape[1] === 0) return zeros
  const parts = summandsOf(energy, dependentsOf([energy], x)).map(({ factor, field }) => {
    const entry = entryOf(field, x, dependentsOf([field], x))
    const inner = energyTrace(field, entry.variable, options)
    return perRow(times(times(factor, entry.factor), entry.factor), inner)
  })
  return parts.reduce((a, b) => f.add(a, b), zeros)
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

function fieldTrace(field: Tensor, x: Tensor, options: TraceOptions): Tensor {
  const dependent = dependentsOf([field], x)
  const last = lastProduct(field, dependent)
  const first = last && last.hidden !== x ? firstProduct([field], x) : undefined
  const dimension = x.shape[1]!
  const ways: Record<TraceWay, () => Tensor> = {
    forward: () => {
      const outcome = last?.hidden ?? field
      const matrix = last && f.transpose(last.matrix)
      return overDirections(dimension, options, (directions) => {
        const pass = new ForwardPass([outcome], x, { directions, second: false })
        return diagonalSum(pass.tangentsOf(outcome), matrix, directions, x)
      })
    },
    width: () => {
      const { product, matrix } = required(first, 'jacobianTrace', field)
      const turned = f.matmul(matrix, last!.matrix, { transposeA: true, transposeB: true }) // W₁ᵀ W_Lᵀ: [H, H′]
      return overDirections(product.shape[1]!, options, (directions) => {
        const pass = new ForwardPass([last!.hidden], product, { directions, second: false })
        return diagonalSum(pass.tangentsOf(last!.hidden), turned, directions, x)
      })
    },
    reverse: () => traceBackward(field, x, options),
    unrolled: () => traceUnrolled(field, x),
  }
  const width = first?.product.shape[1]
  const wanted = width !== undefined && dimension > width / 2 ? 'width' : 'forward'
  return options.way ? ways[options.way]() : firstThatWorks([ways[wanted], ways.reverse, ways.unrolled])
}

function energyTrace(energy: Tensor, x: Tensor, options: TraceOptions): Tensor {
  const [rows, dimension] = x.shape as [number, number]
  const zeros = f.broadcastTo(f.constant(0), [rows])
  const first = firstProduct([energy], x)
  const laplacian = (variable: Tensor, directions: Directions, metric?: Tensor): Tensor =>
    new ForwardPass([energy], variable, { directions, second: true, metric }).laplacianOf(energy) ?? zeros
  const score = (): Tensor => grad(f.sum(energy), [x])[0]!
  const ways: Record<TraceWay, () => Tensor> = {
    forward: () => overDirections(dimension, options, (directions) => laplacian(x, directions)),
    width: () => {
      const { product, matrix } = required(first, 'hessianTrace', energy)
      const metric = f.matmul(matrix, matrix, { transposeA: true })
      return laplacian(product, between(0, product.shape[1]!), metric)
    },
    reverse: () => traceBackward(score(), x, options),
    unrolled: () => traceUnrolled(score(), x),
  }
  const width = first?.product.shape[1]
  // The metric mixes all directions, so that this way has no rounds.
  const throughWidth = (): Tensor => {
    const trace = ways.width()
    return fitsBudget(trace, options.budgetBytes) ? trace : ways.forward()
  }
  const wanted = width !== undefined && dimension > 1.5 * width ? throughWidth : ways.forward
  return options.way ? ways[options.way]() : firstThatWorks([wanted, ways.reverse, ways.unrolled])
}

function firstThatWorks(ways: readonly (() => Tensor)[]): Tensor {
  const [way, ...others] = ways as [() => Tensor, ...(() => Tensor)[]]
  try {
    return way()
  } catch (error) {
    if (!(error instanceof NoBatchingRule) || others.length === 0) throw error
    return firstThatWorks(others)
  }
}

/** The pass backward for several unit cotangents at once. */
function traceBackward(field: Tensor, x: Tensor, options: TraceOptions): Tensor {
  const [rows, dimension] = x.shape as [number, number]
  const cotangent = f.input('cotangent', field)
  const back = pullback([field], [x])([cotangent])[0]!
  const dependent = dependentsOf([back], cotangent)
  const summands = summandsOf(back, dependent).map(({ factor, field }) => {
    const last = lastProduct(field, dependent)
    return { factor, outcome: last?.hidden ?? field, matrix: last && f.transpose(last.matrix) }
  })
  if (summands.length === 0) return f.broadcastTo(f.constant(0), [rows])
  return overDirections(dimension, { usualChunk: reverseChunk, ...options }, (directions) => {
    const { count } = directions
    const units = f.reshape(directions.units(dimension), [count, 1, dimension])
    const given = new Map([[cotangent, lifted(f.broadcastTo(units, [count, rows, dimension]))]])
    const valueAt = replay(
      summands.map(({ outcome }) => outcome),
      given,
      count,
    )
    const parts = summands.map(({ factor, outcome, matrix }) => {
      const values: Tangents = { kind: 'full', values: valueAt(outcome).tensor }
      return perRow(factor, diagonalSum(values, matrix, directions, x))
    })
    return parts.reduce((a, b) => f.add(a, b))
  })
}

/**
 * Σ_j T_j · M_j over the carried directions, for each row: T: [k, B, m], M: [n, m], of which the directions' rows count; the
 * identity unless given. [B].
 */
function diagonalSum(
  tangents: Tangents | undefined,
  matrix: Tensor | undefined,
  directions: Directions,
  x: Tensor,
): Tensor {
  const rows = x.shape[0]!
  if (!tangents) return f.broadcastTo(f.constant(0), [rows])
  const { kind, values } = tangents
  const { count } = directions
  const rowsOfM = matrix && directions.rows(matrix)
  if (kind === 'diagonal') {
    const carried = directions.columns(values)
    if (!rowsOfM) return f.sum(carried, { axes: [1] })
    const diagonal = f.sum(f.mul(rowsOfM, directions.units(rowsOfM.shape[1]!)), { axes: [1] })
    const factors = f.broadcastTo(f.reshape(diagonal, [1, count]), carried.shape)
    return f.sum(f.mul(carried, factors), { axes: [1] })
  }
  const [k, , m] = values.shape as [number, number, number]
  // What is only repeated along the rows is multiplied once.
  const source = values.operation === broadcastToOperation ? values.inputs[0]! : values
  const left = source.shape.length === 3 && source.shape[2] === m && source.shape[0] === k ? source : values
  const right = rowsOfM ?? directions.units(m)
  const products = f.matmul(left, f.reshape(right, [k, m, 1])) // [k, B, 1]
  return f.broadcastTo(f.sum(products, { axes: [0, 2] }), [rows])
}

/** [B], times a factor for each row. */
function perRow(factor: Tensor | undefined, values: Tensor): Tensor {
  if (!factor) return values
  const rows = values.shape[0]!
  return f.mul(values, f.reshape(f.broadcastTo(factor, [rows, 1]), [rows]))
}

function required<T>(found: T | undefined, name: string, tensor: Tensor): T {
  if (found !== undefined) return found
  throw shapeError(
    `${name}: ${showShape(tensor.shape)} has no way through the hidden width.`,
    'x must enter by one product x W, and a field must leave by one, h W.',
  )
}

function requireSquare(name: string, y: Tensor, x: Tensor): void {
  if (y.shape.length !== 2 || !sameShape(y.shape, x.shape))
    throw shapeError(`${name}: y is ${showShape(y.shape)} and x ${showShape(x.shape)}; both must be [B, d].`)
}
