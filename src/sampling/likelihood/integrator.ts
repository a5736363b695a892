/** Where an integrator needs the derivative dy/dt next. */
export interface Inquiry {
  readonly t: number
  readonly y: Float64Array
}

/** Where a solution ends. */
export interface Solved {
  readonly y: Float64Array
  /** Estimated error of the log-density that follows from it, nats: as large as the true one is in the mean; NaN where none is estimated. */
  readonly error: number
}

/**
 * One solution of dy/dt = f(t, y) in the making: it yields where it needs f and is sent the answer, so that
 * many solutions can be asked at once, each with its own steps. Answers must be arrays of their own.
 */
export type Solution = Generator<Inquiry, Solved, Float64Array>

/** y + Σ weight · slope. */
export function combined(
  y: Float64Array,
  weights: readonly number[],
  slopes: readonly Float64Array[],
): Float64Array {
  const result = y.slice()
  for (const [k, weight] of weights.entries()) {
    if (weight === 0) continue
    const slope = slopes[k]!
    for (let i = 0; i < result.length; i++) result[i]! += weight * slope[i]!
  }
  return result
}

/**
 * What a displacement δ of a path at noise level σ does to the log-density that comes out: δ · ∇ log p_σ = −δ · f/σ², f = x̄ − D
 * the drift there. Both of length d or more, of which the first d count.
 */
export function effectOf(
  displacement: ArrayLike<number>,
  drift: ArrayLike<number>,
  { dimension, sigma }: { readonly dimension: number; readonly sigma: number },
): number {
  let sum = 0
  for (let k = 0; k < dimension; k++) sum -= displacement[k]! * drift[k]!
  return sum / sigma ** 2
}
