import type { LevelRange } from './grids/grid.ts'

/** The noise levels that a model was trained for, and the scales of the points that it learned from. */
export interface ModelRange extends LevelRange {
  /** σ_d, the standard deviation of a point's coordinates. */
  readonly sigmaData: number
  /** Mean of the points, [d]; 0 unless given. */
  readonly mean?: ArrayLike<number> | undefined
}

/** Where points begin: N(mean, std² I). */
export interface Start {
  /** [d]; 0 unless given. */
  readonly mean?: ArrayLike<number> | undefined
  readonly std: number
}

/**
 * Where a walk down the noise levels begins: at σ_max the noised points have the mean of the points themselves, and a standard
 * deviation of √(σ_max² + σ_d²). A start at 0 in place of the mean m shifts what comes out, by some ‖m‖²/(2σ_max²) nats.
 */
export function startOf({ sigmaMax, sigmaData, mean }: ModelRange): Start {
  return { mean, std: Math.hypot(sigmaMax, sigmaData) }
}

/** Points of the start. z: standard normal numbers, [n, d] → [n, d]. */
export function startPoints(z: Float32Array, { mean, std }: Start): Float32Array {
  return mean === undefined
    ? z.map((value) => std * value)
    : z.map((value, i) => mean[i % mean.length]! + std * value)
}
