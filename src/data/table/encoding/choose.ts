import { type Grid, resolutionOf } from './grid.ts'
import { momentsOf } from './moments.ts'

/** Within these bounds a column is near enough to a normal one for a straight line to do. */
export const moderateShape = { skewness: 1, leastExcessKurtosis: -1.5, mostExcessKurtosis: 3 } as const

/** Relative differences below this are the last digits of one number, no distribution to be mapped. */
const leastRelativeRange = 1e-9

/** At most so many values are cells of their own, each of them standing for so many rows on average … */
const mostValueCells = 512
const leastRowsPerValue = 8
/** … and so few of the grid's cells between the least and the largest value are occupied. */
const sparseShare = 0.25
/** A cell of a higher density, in units of 1/std, is a spike that a smooth density cannot show; a normal's is 0.4. */
const mostSpike = 1.5
/** Cells on each side that a spike is compared with. */
const spikeReach = 10
/** From so many rows on, the shares of a grid's cells are learned as they are. */
const leastRowsForCells = 500
/** A spike of fewer rows is chance. */
const leastSpikeRows = 20
/** Values as cells of their own are for columns where new rows bring no new values. */
const mostUnseen = 0.002

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
 * - `standard` if |skewness| ≤ 1 and −1.5 ≤ excess kurtosis ≤ 3; else `quantile-normal`. The latter also for 500 or more
 *   values on a grid, whose cells then occur as often as in the data.
 * - Dequantised if the values lie on a grid and at most half as many are distinct as there are rows.
 * - `value-cells` if few values occur, often each, and they are far between (amounts that are fixed, not measured) or one
 *   stands out (a working week of 40 hours); `quantile-normal` if one stands out of many.
 */
export function chooseForNumbers(values: Float64Array, grid: Grid | undefined): NumberChoice {
  const distinct = new Set(values).size
  if (distinct === 1) return { encoder: 'constant', dequantised: false, reason: 'one value throughout' }
  const dequantised = grid !== undefined && 2 * distinct <= values.length
  const ties = dequantised
    ? `; ${distinct} distinct values in ${values.length} rows, ${resolutionOf(grid)} apart: dequantised`
    : ''
  const spike = grid !== undefined && hasSpike(values, resolutionOf(grid))
  const few = distinct > 2 && distinct <= Math.min(mostValueCells, values.length / leastRowsPerValue)
  if (few && unseenShare(values) < mostUnseen) {
    const cells = grid === undefined ? Number.POSITIVE_INFINITY : cellsWithin(values, resolutionOf(grid))
    if (distinct < sparseShare * cells) {
      const reason = `${distinct} values in ${values.length} rows and none between: each a cell of its own`
      return { encoder: 'value-cells', dequantised, reason }
    }
    if (spike) {
      const reason = `${distinct} values in ${values.length} rows, one of them far more often than others: each a cell of its own`
      return { encoder: 'value-cells', dequantised, reason }
    }
  }
  if (dequantised && spike)
    return {
      encoder: 'quantile-normal',
      dequantised,
      reason: `one value is far more often than others${ties}`,
    }
  const { encoder, why } = chooseEncoder(values)
  // How often each cell occurs is no smooth curve: people round. With rows enough to know it, it is mapped cell by cell.
  if (dequantised && encoder === 'standard' && values.length >= leastRowsForCells)
    return { encoder: 'quantile-normal', dequantised, reason: `${why}${ties}, as often as in the data` }
  return { encoder, dequantised, reason: `${why}${ties}` }
}

/** Cells of the grid between the first and the last percentile, where most values lie; outliers stretch the whole range. */
function cellsWithin(values: Float64Array, resolution: number): number {
  const sorted = values.slice().sort()
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!
  return (at(0.99) - at(0.01)) / resolution + 1
}

/**
 * Whether one value stands out: its cell has a density above `mostSpike` (in units of 1/std, where a normal's peak is 0.4), and
 * it holds four times as many rows as the cells around it hold on average.
 */
function hasSpike(values: Float64Array, resolution: number): boolean {
  const counts = new Map<number, number>()
  for (const value of values) {
    const cell = Math.round(value / resolution)
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
  }
  const enough = Math.max(
    leastSpikeRows,
    values.length / 100,
    (mostSpike * values.length * resolution) / momentsOf(values).std,
  )
  return [...counts].some(([cell, count]) => {
    if (count < enough) return false
    let around = 0
    for (let k = 1; k <= spikeReach; k++) around += (counts.get(cell - k) ?? 0) + (counts.get(cell + k) ?? 0)
    return count > (4 * around) / (2 * spikeReach)
  })
}

/** Share of values that a new row would have and no row at hand has: that of the values seen once.  Good 1953. */
function unseenShare(values: Float64Array): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let once = 0
  for (const count of counts.values()) if (count === 1) once++
  return once / values.length
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
