/** Where an integrator needs the derivative dy/dt next. */
export interface Inquiry {
  readonly t: number
  readonly y: Float64Array
}

/**
 * One solution of dy/dt = f(t, y) in the making: it yields where it needs f and is sent the answer, so that
 * many solutions can be asked at once, each with its own steps. Returns y at the end. Answers must be arrays
 * of their own.
 */
export type Solution = Generator<Inquiry, Float64Array, Float64Array>

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
