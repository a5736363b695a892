import { kindOf, type NumberKind } from './choice.ts'
import { findGrid, resolutionOf } from './grid.ts'
import { findMasses } from './masses.ts'
import { momentsOf } from './moments.ts'
import { findKinds } from './number-kinds.ts'

/** Within these bounds a column is near enough to a normal one for a straight line to do. */
export const moderateShape = { skewness: 1, leastExcessKurtosis: -1.5, mostExcessKurtosis: 3 } as const

/** Relative differences below this are the last digits of one number, no distribution to be mapped. */
const leastRelativeRange = 1e-9

/** So few values are choices, whatever lies between them. */
const mostFewValues = 16
/** At most so many values are each a choice of their own. */
const mostMassValues = 128
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

/** What to ask for to have every value of a column a choice of its own. */
export const allMasses = 'masses'

/** How a column of numbers is encoded. */
export interface NumberChoice {
  /** The encoder of the values that are no masses. */
  readonly encoder: string
  readonly kinds: readonly NumberKind[]
  /** Values that are choices of their own, ascending. */
  readonly masses: readonly number[]
  /** Why, in one sentence. */
  readonly reason: string
}

/**
 * How a column of numbers is encoded unless somebody says otherwise.
 *
 * - `constant` if all values are equal.
 * - All values are masses if no more than 16 occur, often each; or at most 128 that are far between (amounts that are fixed,
 *   not measured) or of which one stands out (a working week of 40 hours); `value-cells` if they are more.
 * - Else masses are taken out (`findMasses`), and the others are of one or two kinds (`findKinds`), each with its grid;
 *   dequantised if they lie on it and at most half as many are distinct as there are rows.
 *   `standard` if |skewness| ≤ 1 and −1.5 ≤ excess kurtosis ≤ 3; else `quantile-normal`. The latter also for 500 or more values
 *   on one grid, whose cells then occur as often as in the data.
 */
export function chooseForNumbers(values: Float64Array): NumberChoice {
  const distinct = [...new Set(values)].sort((a, b) => a - b)
  const constant = { encoder: 'constant', kinds: [whole], masses: [], reason: 'one value throughout' }
  if (distinct.length <= 1) return constant
  const set = asSet(values, distinct)
  if (set) return set
  const { masses, kinds, measured, rounded } = apart(values)
  const told = masses.length === 0 ? '' : `masses at ${massesInWords(masses, values)}; else `
  const left = new Set(measured)
  if (left.size <= 1) {
    const all = [...masses, ...left].sort((a, b) => a - b)
    return { encoder: 'constant', kinds: [], masses: all, reason: `nothing but ${all.length} values` }
  }
  const [kind] = kinds as [NumberKind]
  const ties = kind.dequantised && kind.grid
  const { encoder, why } = chooseEncoder(measured)
  const reasons = [
    `${told}${why}`,
    ...(ties
      ? [`${left.size} distinct values in ${measured.length} rows, ${resolutionOf(ties)} apart: dequantised`]
      : []),
    ...(kinds.length > 1 ? [`written to ${kinds.map(({ grid }) => digitsOf(grid)).join(' or ')}`] : []),
    ...(rounded > 0 ? [`${rounded} with more digits are rounded`] : []),
  ]
  // How often each cell occurs is no smooth curve: people round. With rows enough to know it, it is mapped cell by cell.
  if (ties && encoder === 'standard' && measured.length >= leastRowsForCells)
    return {
      encoder: 'quantile-normal',
      kinds,
      masses,
      reason: `${reasons.join('; ')}, as often as in the data`,
    }
  return { encoder, kinds, masses, reason: reasons.join('; ') }
}

const whole: NumberKind = { grid: null, dequantised: false }

/** Masses, and the kinds of what is left; a kind whose numbers are nearly all masses is none. */
function apart(values: Float64Array): {
  readonly masses: readonly number[]
  readonly measured: Float64Array
  readonly kinds: readonly NumberKind[]
  readonly rounded: number
} {
  const masses = new Set<number>()
  let measured = values
  let found = findKinds(values)
  // What one kind's masses hid, the second look sees: zeros among cents are no sign of whole numbers.
  for (let look = 0; look < 2; look++) {
    const before = masses.size
    for (const [k, kind] of found.kinds.entries()) {
      const own = measured.filter((value) => kindOf(found.kinds, value) === k)
      for (const mass of findMasses(own, kind.grid ?? undefined, measured, found.kinds.at(-1)!.grid))
        masses.add(mass)
    }
    measured = values.filter((value) => !masses.has(value))
    if (masses.size === before || measured.length === 0) break
    found = findKinds(measured)
  }
  return { masses: [...masses].sort((a, b) => a - b), measured, ...found }
}

/** The choice for a column of which only certain values occur; undefined for measured ones. */
function asSet(values: Float64Array, distinct: readonly number[]): NumberChoice | undefined {
  const few = distinct.length <= Math.min(mostValueCells, values.length / leastRowsPerValue)
  if (!few || unseenShare(values) >= mostUnseen) return undefined
  if (distinct.length <= mostFewValues) {
    const reason = `${distinct.length} values in ${values.length} rows: each a choice of its own`
    return { encoder: 'constant', kinds: [], masses: distinct, reason }
  }
  const grid = findGrid(values)
  const cells = grid === undefined ? Number.POSITIVE_INFINITY : cellsWithin(values, resolutionOf(grid))
  const isSparse = distinct.length < sparseShare * cells
  if (!isSparse && !(grid !== undefined && hasSpike(values, resolutionOf(grid)))) return undefined
  const why = isSparse ? 'none between' : 'one of them far more often than others'
  const reason = `${distinct.length} values in ${values.length} rows and ${why}: each a choice of its own`
  return distinct.length <= mostMassValues
    ? { encoder: 'constant', kinds: [], masses: distinct, reason }
    : { encoder: 'value-cells', kinds: [whole], masses: [], reason }
}

function digitsOf(grid: NumberKind['grid']): string {
  if (grid === null) return 'any digits'
  return grid.decimals === 0 ? 'whole numbers' : `${grid.decimals} digits after the point`
}

/** `0 (40 %) and 99 (3 %)`: the most frequent first. */
function massesInWords(masses: readonly number[], values: Float64Array): string {
  const counts = masses.map((mass) => values.reduce((sum, value) => sum + (value === mass ? 1 : 0), 0))
  const order = masses.map((mass, k) => ({ mass, count: counts[k]! })).sort((a, b) => b.count - a.count)
  const shown = order
    .slice(0, 3)
    .map(({ mass, count }) => `${mass} (${((100 * count) / values.length).toPrecision(2)} %)`)
  if (order.length > 3) shown.push(`${order.length - 3} more`)
  return shown.join(', ')
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
