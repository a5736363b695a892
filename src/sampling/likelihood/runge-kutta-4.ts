import { combined, type Solution } from './integrator.ts'

/**
 * The classical Runge–Kutta method of order 4 in `steps` even steps from t₀ to t₁.  Kutta 1901.
 * k₁ = f(t, y), k₂ = f(t + h/2, y + h k₁/2), k₃ = f(t + h/2, y + h k₂/2), k₄ = f(t + h, y + h k₃);
 * y ← y + h (k₁ + 2k₂ + 2k₃ + k₄)/6.  Four evaluations a step; none tells the error.
 */
export function* rungeKutta4(problem: {
  readonly y: Float64Array
  readonly from: number
  readonly to: number
  readonly steps: number
}): Solution {
  const { from, to, steps } = problem
  const h = (to - from) / steps
  let y = problem.y
  for (let step = 0; step < steps; step++) {
    const t = from + step * h
    const k1 = yield { t, y }
    const k2 = yield { t: t + h / 2, y: combined(y, [h / 2], [k1]) }
    const k3 = yield { t: t + h / 2, y: combined(y, [h / 2], [k2]) }
    const k4 = yield { t: step + 1 < steps ? t + h : to, y: combined(y, [h], [k3]) }
    y = combined(y, [h / 6, h / 3, h / 3, h / 6], [k1, k2, k3, k4])
  }
  return { y, error: Number.NaN }
}
