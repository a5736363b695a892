import * as f from '../../engine/index.ts'
import { zeros } from '../../nn/index.ts'
import type { Bijection } from './bijection.ts'

/** z = x/s for a given s > 0. */
export function divided(dimension: number, by: number): Bijection {
  return {
    parameters: {},
    forward: (_, x) => ({ z: f.div(x, by), logDet: f.constant(-dimension * Math.log(by)) }),
    inverse: (_, z) => f.mul(z, by),
  }
}

/** z = eˢ ⊙ (x − m), m and s learned, [d] each: fits mean and scale of each coordinate. Starts as the identity. */
export function affine(dimension: number): Bijection {
  const column = (vector: f.Tensor, like: f.Tensor): f.Tensor =>
    f.broadcastTo(f.reshape(vector, [dimension, 1]), like.shape)
  return {
    parameters: { mean: zeros([dimension]), logScale: zeros([dimension]) },
    forward: ({ mean, logScale }, x) => ({
      z: f.mul(f.sub(x, column(mean!, x)), column(f.exp(logScale!), x)),
      logDet: f.sum(logScale!),
    }),
    inverse: ({ mean, logScale }, z) => f.add(f.mul(z, column(f.exp(f.neg(logScale!)), z)), column(mean!, z)),
  }
}

/**
 * z = L D U x + b: L and U unit triangular, lower and upper, D = diag(eˢ); all learned, and the identity at the start.
 *
 * ln |det| = Σ s. Both triangles are kept in one matrix, as LAPACK does. Kingma & Dhariwal 2018 (the LU form of a learned
 * permutation); Oliva et al. 2018. The inverse solves the two triangular systems.
 */
export function linear(dimension: number): Bijection {
  const identity = f.constant({
    shape: [dimension, dimension],
    data: Float64Array.from({ length: dimension ** 2 }, (_, at) => (at % (dimension + 1) === 0 ? 1 : 0)),
  })
  const unit = (matrix: f.Tensor, part: 'lower' | 'upper'): f.Tensor =>
    f.add(f.triangle(matrix, { part, strict: true }), identity)
  const column = (vector: f.Tensor, like: f.Tensor): f.Tensor =>
    f.broadcastTo(f.reshape(vector, [dimension, 1]), like.shape)
  return {
    parameters: {
      triangles: zeros([dimension, dimension]),
      logScale: zeros([dimension]),
      bias: zeros([dimension]),
    },
    forward: ({ triangles, logScale, bias }, x) => {
      const scaled = f.mul(f.matmul(unit(triangles!, 'upper'), x), column(f.exp(logScale!), x))
      return {
        z: f.add(f.matmul(unit(triangles!, 'lower'), scaled), column(bias!, x)),
        logDet: f.sum(logScale!),
      }
    },
    inverse: ({ triangles, logScale, bias }, z) => {
      const scaled = f.triangularSolve(unit(triangles!, 'lower'), f.sub(z, column(bias!, z)))
      const rotated = f.mul(scaled, column(f.exp(f.neg(logScale!)), z))
      return f.triangularSolve(unit(triangles!, 'upper'), rotated, { upper: true })
    },
  }
}
