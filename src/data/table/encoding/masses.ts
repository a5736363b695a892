import type { Grid } from './grid.ts'
import { resolutionOf } from './grid.ts'
import { momentsOf } from './moments.ts'

/** A mass has so many rows at least … */
const leastRows = 8
/** … and this share of them … */
const leastShare = 0.03
/** … and holds so many times the rows that the cells around it hold on average. */
const mostAround = 4
/** Cells on each side that a value is compared with. */
const reach = 10
/** A cell of a higher density, in units of 1/std of the other values, is a mass; a normal’s peak is 0.4. */
const leastDensity = 0.5
/** A repeated value so many ranges of all others away from them is a mass whatever its share: a sentinel such as −999. */
const sentinelDistance = 1
/** Rows that a sentinel has at least. */
const leastSentinelRows = 3
/** At most so many masses; columns of more are made of values, not of measures. */
const mostMasses = 24

/**
 * The values of one kind of a column's numbers that are masses: chosen, not measured.
 *
 * A value is one if at least 8 rows and 3 % of the column's have it, four times as many as the cells around it (10 on each side, as
 * far as values reach) on average, and if its density in units of 1/std is above 0.5: zeros of a column that is often 0, a cap,
 * 40 hours a week. A kind on no grid has all values in cells of their own, so that any value of 3 % is one. Also a value that three
 * rows have and that lies further from all others than they range: 9999-12-31, −999.
 * values: of one kind. grid: the grid that they lie on. column: all values, also those of other kinds. finest: the grid of these, null for any digits: beside
 * such numbers every repeated value is dense.
 */
export function findMasses(
  values: Float64Array,
  grid: Grid | undefined,
  column: Float64Array,
  finest: Grid | null = grid ?? null,
): Set<number> {
  const counts = countsOf(values)
  const all = values === column ? counts : countsOf(column)
  const masses = new Set(sentinels(all).filter((value) => counts.has(value)))
  const least = Math.max(leastRows, leastShare * column.length)
  const frequent = [...counts].filter(([value, count]) => count >= least && !masses.has(value))
  // The most frequent first: what is found no longer widens the deviation of those that are left.
  for (const [value, count] of frequent.sort(([, a], [, b]) => b - a)) {
    if (masses.size >= mostMasses) break
    if (
      grid === undefined ||
      (isPeak(value, count, counts, grid) && isDense(value, count, all, masses, finest))
    )
      masses.add(value)
  }
  return masses
}

function countsOf(values: Float64Array): Map<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Whether the value holds four times the rows of a cell around it. */
function isPeak(value: number, count: number, counts: ReadonlyMap<number, number>, grid: Grid): boolean {
  const resolution = resolutionOf(grid)
  let [least, most] = [value, value]
  for (const other of counts.keys()) {
    if (other < least) least = other
    if (other > most) most = other
  }
  let [rows, cells] = [0, 0]
  for (let k = 1; k <= reach; k++)
    for (const near of [value - k * resolution, value + k * resolution]) {
      if (near < least - resolution / 2 || near > most + resolution / 2) continue
      rows += countNear(counts, near, resolution)
      cells++
    }
  return cells === 0 || count > (mostAround * rows) / cells
}

/** Whether the value's cell is denser than a smooth density may be, beside the spread of the values that are no masses. */
function isDense(
  value: number,
  count: number,
  all: ReadonlyMap<number, number>,
  masses: ReadonlySet<number>,
  grid: Grid | null,
): boolean {
  if (grid === null) return true
  const total = [...all.values()].reduce((sum, rows) => sum + rows, 0)
  const others = [...all].filter(([other]) => other !== value && !masses.has(other))
  return others.length === 0 || (count / total) * weightedStd(others) > leastDensity * resolutionOf(grid)
}

/** Rows of the grid's value nearest to `near`, whose last digit may be rounded otherwise. */
function countNear(counts: ReadonlyMap<number, number>, near: number, resolution: number): number {
  const exact = counts.get(near)
  if (exact !== undefined) return exact
  const digits = Math.max(0, Math.ceil(-Math.log10(resolution)) + 1)
  return counts.get(Number(near.toFixed(Math.min(100, digits)))) ?? 0
}

function weightedStd(counts: readonly (readonly [number, number])[]): number {
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  if (total < 2) return 0
  const values = new Float64Array(total)
  let at = 0
  for (const [value, count] of counts) {
    values.fill(value, at, at + count)
    at += count
  }
  return momentsOf(values).std
}

/** The least and the largest value, where it repeats and lies far beyond all others; then what is left again. */
function sentinels(counts: ReadonlyMap<number, number>): number[] {
  const sorted = [...counts.keys()].sort((a, b) => a - b)
  const found: number[] = []
  let [low, high] = [0, sorted.length - 1]
  while (high - low >= leastSentinelRows) {
    const isFar = (distance: number, range: number): boolean =>
      range > 0 && distance > sentinelDistance * range
    const isRepeated = (value: number): boolean => counts.get(value)! >= leastSentinelRows
    if (
      isRepeated(sorted[high]!) &&
      isFar(sorted[high]! - sorted[high - 1]!, sorted[high - 1]! - sorted[low]!)
    )
      found.push(sorted[high--]!)
    else if (
      isRepeated(sorted[low]!) &&
      isFar(sorted[low + 1]! - sorted[low]!, sorted[high]! - sorted[low + 1]!)
    )
      found.push(sorted[low++]!)
    else break
  }
  return found
}
