import { columnOf, type Rows } from '../rows.ts'

/** Every value by the bin that it is in: what histograms are made of. */
export interface BinnedRows {
  readonly count: number
  readonly dimension: number
  /** Bins a column has at most, that of gaps among them. */
  readonly width: number
  /** The bin of each value, [count, dimension]. */
  readonly codes: Uint8Array
  /** thresholds[c][b]: values up to it are in bin b or below; one fewer than the column's bins, increasing. */
  readonly thresholds: readonly Float64Array[]
  /** The bin of a column's gaps, after all others; −1 where it has none, [dimension]. */
  readonly gapBins: Int16Array
}

/**
 * Bins of about equally many values; of one distinct value each where there are at most `width` of them, at most 256. NaN, a gap, has
 * a bin of its own, which is one of a column's `width`. `members`: the rows that say where bins end; all unless given.
 */
export function binned(rows: Rows, width: number, members?: Int32Array): BinnedRows {
  const { values, count, dimension } = rows
  const codes = new Uint8Array(count * dimension)
  const gapBins = new Int16Array(dimension).fill(-1)
  const thresholds = Array.from({ length: dimension }, (_, c) => {
    const all = columnOf(rows, c)
    const hasGaps = all.some(Number.isNaN)
    const known = members ? Float64Array.from(members, (row) => all[row]!) : all
    const filled = known.filter((value) => !Number.isNaN(value)).sort()
    const found = thresholdsOf(filled, hasGaps ? Math.max(2, width) - 1 : width)
    if (hasGaps) gapBins[c] = found.length + 1
    return found
  })
  for (let k = 0; k < values.length; k++) {
    const column = k % dimension
    codes[k] = Number.isNaN(values[k]!) ? gapBins[column]! : binOf(thresholds[column]!, values[k]!)
  }
  return { count, dimension, width, codes, thresholds, gapBins }
}

/** Between distinct neighbours nearest to the quantiles 1/width, 2/width, … of sorted values. */
function thresholdsOf(sorted: Float64Array, width: number): Float64Array {
  /** Where a new value begins. */
  const steps: number[] = []
  for (let i = 1; i < sorted.length; i++) if (sorted[i]! > sorted[i - 1]!) steps.push(i)
  const taken = steps.length < width ? steps : atQuantiles(steps, sorted.length, width)
  return Float64Array.from(taken, (step) => between(sorted[step - 1]!, sorted[step]!))
}

/** For each of the width − 1 inner quantiles the first step at or above it; each step once. */
function atQuantiles(steps: readonly number[], count: number, width: number): number[] {
  const taken: number[] = []
  let next = 0
  for (let bin = 1; bin < width; bin++) {
    while (next < steps.length && steps[next]! < (bin * count) / width) next++
    if (next < steps.length && taken.at(-1) !== steps[next]) taken.push(steps[next]!)
  }
  return taken
}

/** The middle of low < high, but below high also where rounding says otherwise. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2
  return middle < high ? middle : low
}

/** How many thresholds lie below the value. */
function binOf(thresholds: Float64Array, value: number): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (thresholds[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
