import * as f from '../engine/index.ts'
import { type At, asVectors } from '../family/index.ts'
import type { LossGiven } from './objective.ts'

/** A model's abilities at points that are told as vectors, [B, d], whatever the shape of an event. */
export interface AtVectors {
  /** d, how many numbers a point has. */
  readonly dimension: number
  /** The training points, [B, d]. */
  readonly data: f.Tensor
  /** s(x), [B, d], of each point's noise level where there are levels; only for objectives that need a score. */
  readonly score: (x: f.Tensor) => f.Tensor
  /** E(x), [B]; absent where the model has no energy. */
  readonly energy: ((x: f.Tensor) => f.Tensor) | undefined
}

/** The model of a batch, asked at vectors. */
export function atVectors({ can, values, data, conditions, level }: LossGiven<never>): AtVectors {
  const event = data.shape.slice(1)
  const at = (x: f.Tensor): At => ({
    x: f.reshape(x, [x.shape[0]!, ...event]),
    sigma: level?.sigma,
    conditions,
  })
  const { score, energy } = can
  return {
    dimension: f.sizeOf(event),
    data: f.variable(asVectors(data)),
    score: (x) => f.reshape(score!(values, at(x)), x.shape),
    energy: energy && ((x) => energy(values, at(x))),
  }
}

/** Part k of a draw of several for each example, [B, n, ...event], as vectors, [B, d]. */
export function drawn(draw: f.Tensor, k: number): f.Tensor {
  return asVectors(f.slice(draw, { axis: 1, start: k, end: k + 1 }))
}

/** Σᵢ aᵢ bᵢ of each row, [B, d] → [B]. */
export function dot(a: f.Tensor, b: f.Tensor): f.Tensor {
  return f.sum(f.mul(a, b), { axes: [1] })
}

/** The mean of several tensors of one shape. */
export function average(tensors: readonly f.Tensor[]): f.Tensor {
  return f.mul(
    tensors.reduce((sum, tensor) => f.add(sum, tensor)),
    1 / tensors.length,
  )
}

/**
 * σ_d²/d: turns a squared score, whose unit is one over that of the data's square, into a number of about unit size, so that
 * learning rates and gradient norms mean the same whatever the data's unit and width.
 */
export function scoreUnit({ range, event }: Pick<LossGiven, 'range' | 'event'>): number {
  return range.sigmaData ** 2 / f.sizeOf(event)
}
