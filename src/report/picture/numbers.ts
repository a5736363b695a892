import { ScorefieldError } from '../../base/index.ts'

/** Row-major numbers, [n, d]. */
export type Rows = Float64Array | Float32Array

/** The stretch of numbers that one axis shows, low < high. */
export interface Interval {
  low: number
  high: number
}

/** The number of rows of `values` [n, width]; throws `picture/shape` when the length is no multiple of the width. */
export function rowCount(values: Rows, width: number, where: string): number {
  if (width > 0 && values.length % width === 0) return values.length / width
  throw new ScorefieldError({
    kind: 'usage',
    code: 'picture/shape',
    message: `${values.length} numbers do not make rows of ${width}`,
    where,
    hint: 'pass the rows one after the other, [n, d], with d the number of columns',
  })
}

/** At most `limit` row numbers of 0 … count − 1, evenly spread and ascending: the same ones each time. */
export function spreadRows(count: number, limit: number): number[] {
  const shown = Math.min(count, limit)
  return Array.from({ length: shown }, (_, index) => Math.floor((index * count) / shown))
}

/** Column `column` of `values` [n, width]. */
export function columnOf(values: Rows, width: number, column: number): Float64Array {
  const result = new Float64Array(values.length / width)
  for (let row = 0; row < result.length; row++) result[row] = values[row * width + column]!
  return result
}

/**
 * The interval an axis should show: all finite values, unless the outermost thousandth at an end would stretch it by
 * more than a quarter; then that end is cut at the quantile. So one stray value cannot squeeze the rest into a line.
 */
export function frameOf(...columns: ReadonlyArray<ArrayLike<number>>): Interval {
  const sorted = finiteValues(columns).sort()
  if (sorted.length === 0) return withMargin({ low: 0, high: 1 })
  const tail = Math.floor(sorted.length / 1000)
  const inner = { low: sorted[tail]!, high: sorted[sorted.length - 1 - tail]! }
  const outer = { low: sorted[0]!, high: sorted[sorted.length - 1]! }
  const slack = (inner.high - inner.low) / 4
  // A column that is constant but for a few values has no inner span to compare with: show all of it.
  const low = slack === 0 || inner.low - outer.low <= slack ? outer.low : inner.low
  const high = slack === 0 || outer.high - inner.high <= slack ? outer.high : inner.high
  return withMargin({ low, high })
}

/** The interval that holds every finite value, for positions such as steps, of which none is a stray. */
export function extentOf(...columns: ReadonlyArray<ArrayLike<number>>): Interval {
  const values = finiteValues(columns)
  if (values.length === 0) return withMargin({ low: 0, high: 1 })
  const low = values.reduce((least, value) => Math.min(least, value))
  return withMargin({ low, high: values.reduce((most, value) => Math.max(most, value)) })
}

function finiteValues(columns: ReadonlyArray<ArrayLike<number>>): Float64Array {
  return Float64Array.from(columns.flatMap((column) => Array.from(column).filter(Number.isFinite)))
}

/** A twenty-fifth of the span more on both sides, and some span where there is none. */
function withMargin({ low, high }: Interval): Interval {
  const margin = (high - low) / 25 || Math.abs(low) / 10 || 1
  return { low: low - margin, high: high + margin }
}

/** Whether a finite value lies in the interval, ends included. */
export function isInside(value: number, frame: Interval): boolean {
  return value >= frame.low && value <= frame.high
}

/**
 * Pearson's correlation of two columns over the rows where both are finite; NaN when one of them does not vary there.
 * r = Σ(a − ā)(b − b̄) / √(Σ(a − ā)² Σ(b − b̄)²), in [−1, 1].
 */
export function correlation(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const rows: number[] = []
  for (let row = 0; row < first.length; row++) {
    if (Number.isFinite(first[row]!) && Number.isFinite(second[row]!)) rows.push(row)
  }
  const mean = (column: ArrayLike<number>): number =>
    rows.reduce((sum, row) => sum + column[row]!, 0) / rows.length
  const [firstMean, secondMean] = [mean(first), mean(second)]
  let [product, firstSquare, secondSquare] = [0, 0, 0]
  for (const row of rows) {
    const [a, b] = [first[row]! - firstMean, second[row]! - secondMean]
    product += a * b
    firstSquare += a * a
    secondSquare += b * b
  }
  const scale = Math.sqrt(firstSquare) * Math.sqrt(secondSquare)
  return scale === 0 ? Number.NaN : Math.max(-1, Math.min(1, product / scale))
}

/**
 * Edges of the bins that both histograms of a column use, ascending, across `frame`.
 * Whole numbers over a short stretch get a bin each, centred on them, since other widths would show gaps that the data
 * do not have; anything else gets 2·∛n bins (Rice's rule), between 8 and 40.
 */
export function binEdges(values: ArrayLike<number>, frame: Interval): number[] {
  const finite = Array.from(values).filter(Number.isFinite)
  const [first, last] = [Math.ceil(frame.low), Math.floor(frame.high)]
  if (finite.length > 0 && finite.every(Number.isInteger) && last - first <= 40) {
    return Array.from({ length: last - first + 2 }, (_, index) => first - 0.5 + index)
  }
  const bins = Math.max(8, Math.min(40, Math.round(2 * Math.cbrt(finite.length))))
  return Array.from({ length: bins + 1 }, (_, index) => frame.low + ((frame.high - frame.low) * index) / bins)
}

/**
 * Densities of a histogram, one a bin: count / (all finite values · bin's width).
 * What lies outside all bins counts in the denominator, so the area is the share that the bins hold.
 */
export function histogram(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const bins = edges.length - 1
  const [low, width] = [edges[0]!, (edges[bins]! - edges[0]!) / bins]
  const counts = new Array<number>(bins).fill(0)
  let total = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (!Number.isFinite(value)) continue
    total++
    const bin = value === edges[bins] ? bins - 1 : Math.floor((value - low) / width)
    if (bin >= 0 && bin < bins) counts[bin]!++
  }
  return counts.map((count) => (total === 0 ? 0 : count / (total * width)))
}
