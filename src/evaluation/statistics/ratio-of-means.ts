import { type Estimate, normalHalfWidth } from './estimate.ts'

/** A ratio of two means, with its standard error and 95 % interval. */
export interface RatioOfMeans extends Estimate {
  readonly standardError: number
}

/**
 * r = ȳ/x̄ of pairs (yᵢ, xᵢ) that are drawn independently; its standard error by the delta method,
 * √(Σ (yᵢ − r xᵢ)² / (n (n − 1))) / x̄, and r ± 1.96 standard errors, cut to `range`.
 * above: yᵢ, below: xᵢ, [n], n ≥ 2, x̄ > 0. NaN where x̄ is 0.
 */
export function ratioOfMeans(
  above: ArrayLike<number>,
  below: ArrayLike<number>,
  range: readonly [low: number, high: number] = [0, Infinity],
): RatioOfMeans {
  const n = above.length
  let [y, x] = [0, 0]
  for (let i = 0; i < n; i++) {
    y += above[i]! / n
    x += below[i]! / n
  }
  const value = y / x
  let squares = 0
  for (let i = 0; i < n; i++) squares += (above[i]! - value * below[i]!) ** 2
  const standardError = Math.sqrt(squares / (n - 1) / n) / x
  const half = normalHalfWidth * standardError
  return {
    value,
    standardError,
    low: Math.max(range[0], value - half),
    high: Math.min(range[1], value + half),
  }
}
