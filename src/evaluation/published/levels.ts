import { quantile } from '../statistics/quantile.ts'

/** Levels α from 0 to 1, thirty as in synthcity. */
export const levels: Float64Array = Float64Array.from({ length: 30 }, (_, k) => k / 29)

/** The quantiles of values, in any order, at the levels. */
export function quantilesAt(values: Float64Array, at: Float64Array): Float64Array {
  const sorted = values.slice().sort()
  return at.map((level) => quantile(sorted, level))
}

/** 1 − Σ |curve − α| / Σ α, from 0; 1 where the curve is the diagonal. */
export function curveScore(curve: ArrayLike<number>): number {
  let [apart, all] = [0, 0]
  for (let k = 0; k < levels.length; k++) {
    apart += Math.abs(curve[k]! - levels[k]!)
    all += levels[k]!
  }
  return Math.max(0, 1 - apart / all)
}
