import { type Grid, resolutionOf } from './grid.ts'
import { momentsOf } from './moments.ts'

/** Within these bounds a column is near enough to a normal one for a straight line to do. */
export const moderateShape = { skewness: 1, leastExcessKurtosis: -1.5, mostExcessKurtosis: 3 } as const

/** Relative differences below this are the last digits of one number, no distribution to be mapped. */
const leastRelativeRange = 1e-9

export interface NumberChoice {
  readonly encoder: string
  readonly dequantised: boolean
  /** Why, in one sentence. */
  readonly reason: string
}

/**
 * How a column of numbers is encoded unless somebody says otherwise.
 *
 * - `constant` if all values are equal.
 * - `standard` if |skewness| ≤ 1 and −1.5 ≤ excess kurtosis ≤ 3; else `quantile-normal`.
 * - Dequantised if the values lie on a grid and at most half as many are distinct as there are rows.
 */
export function chooseForNumbers(values: Float64Array, grid: Grid | undefined): NumberChoice {
  const distinct = new Set(values).size
  if (distinct === 1) return { encoder: 'constant', dequantised: false, reason: 'one value throughout' }
  const dequantised = grid !== undefined && 2 * distinct <= values.length
  const ties = dequantised
    ? `; ${distinct} distinct values in ${values.length} rows, ${resolutionOf(grid)} apart: dequantised`
    : ''
  const { encoder, why } = chooseEncoder(values)
  return { encoder, dequantised, reason: `${why}${ties}` }
}

function chooseEncoder(values: Float64Array): { encoder: string; why: string } {
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const,
    [Infinity, -Infinity] as const,
  )
  if (most - least <= leastRelativeRange * Math.max(Math.abs(least), Math.abs(most))) {
    return { encoder: 'standard', why: 'values differ in their last digits only' }
  }
  const { skewness, excessKurtosis } = momentsOf(values)
  const shape = `skewness ${skewness.toFixed(2)}, excess kurtosis ${excessKurtosis.toFixed(2)}`
  const moderate =
    Math.abs(skewness) <= moderateShape.skewness &&
    excessKurtosis >= moderateShape.leastExcessKurtosis &&
    excessKurtosis <= moderateShape.mostExcessKurtosis
  return moderate
    ? { encoder: 'standard', why: `moderate shape (${shape})` }
    : { encoder: 'quantile-normal', why: `far from normal (${shape})` }
}
