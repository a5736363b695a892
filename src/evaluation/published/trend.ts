import { type Groups, groupCount, groupsOf, jackknife, jackknifeInterval } from '../statistics/jackknife.ts'
import type { TableMetric } from '../table-metric.ts'
import { correlationsWithAndWithout } from './correlations.ts'
import { type PairedColumn, type PairedNumbers, type PairedWords, pairedColumns } from './paired-columns.ts'
import { variationWithAndWithout } from './variation.ts'

/** Bins of equal width that the reference's range is cut into. */
const binCount = 10

/**
 * The Trend error, %: the mean over pairs of columns of ½|r − r′|, r Pearson's correlation, for two numbers, and of the total
 * variation of the two contingency tables for a pair with a category; 100 less the Column Pair Trends score of SDMetrics.
 * Zhang et al. 2024 (TabSyn), table 2.
 *
 * Beside a category, numbers are cut into ten bins of equal width over the reference's range; below it, at its upper end or
 * above, and a gap are a bin each. Correlations are of the rows that have both values, where SDMetrics takes a gap as 0. Pairs of numbers one of
 * which does not vary are left out, as there.
 */
export const trendError: TableMetric = {
  name: 'trend-error',
  summary: 'Trend, as papers print it: mean difference of correlations and contingency tables of pairs, in %',
  source: 'SDMetrics; Zhang et al. 2024',
  better: 'lower',
  range: [0, 100],
  interval: jackknifeInterval,
  mostRows: 200_000,
  ofHalf: Math.SQRT1_2,
  measure: (pair) => {
    const columns = pairedColumns(pair)
    const groups = groupsOf({
      reference: { count: pair.reference.rowCount },
      candidate: { count: pair.candidate.rowCount },
      seed: pair.seed,
    })
    const codes = columns.map((column) => (column.kind === 'number' ? binned(column) : column))
    const each = columns.flatMap((column, i) =>
      columns.slice(0, i).flatMap((other, j) => {
        const errors = bothNumbers(other, column)
          ? correlationErrors(other as PairedNumbers, column as PairedNumbers, groups)
          : variationWithAndWithout({ ...together(codes[j]!, codes[i]!), groups })
        return Number.isNaN(errors[groupCount]!) ? [] : [errors]
      }),
    )
    if (each.length === 0) return []
    return jackknife((omitted) => {
      const at = omitted === undefined ? groupCount : omitted
      // A column that varies in all rows may not vary in those of a replicate.
      const sum = each.reduce(
        (all, errors) => all + (errors[at]! >= 0 ? errors[at]! : errors[groupCount]!),
        0,
      )
      return [(100 * sum) / each.length]
    }, trendError.range)
  },
}

const bothNumbers = (a: PairedColumn, b: PairedColumn): boolean => a.kind === 'number' && b.kind === 'number'

function correlationErrors(a: PairedNumbers, b: PairedNumbers, groups: Groups): Float64Array {
  const real = correlationsWithAndWithout(a.reference, b.reference, groups.reference)
  const made = correlationsWithAndWithout(a.candidate, b.candidate, groups.candidate)
  return real.map((r, at) => Math.abs(r - made[at]!) / 2)
}

type Codes = Pick<PairedWords, 'reference' | 'candidate' | 'size'>

/** Bin 0 below the reference's range, 1 … 10 inside, 11 at its end or above, 12 a gap. */
function binned({ reference, candidate }: PairedNumbers): Codes {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of reference) {
    if (value < low) low = value
    if (value > high) high = value
  }
  // As in numpy: a range without width is one around the value.
  if (!(low < high)) [low, high] = [low - 0.5, high + 0.5]
  const edges = Float64Array.from({ length: binCount + 1 }, (_, k) =>
    k === binCount ? high : low + (k * (high - low)) / binCount,
  )
  const code = (value: number): number => {
    if (Number.isNaN(value)) return binCount + 2
    let bin = 0
    while (bin <= binCount && value >= edges[bin]!) bin++
    return bin
  }
  return {
    reference: Int32Array.from(reference, code),
    candidate: Int32Array.from(candidate, code),
    size: binCount + 3,
  }
}

/** The pairs of codes that occur, numbered. */
function together(a: Codes, b: Codes): Codes {
  const cells = a.size * b.size
  const size = a.reference.length + a.candidate.length
  if (cells <= 4 * size)
    return {
      reference: a.reference.map((code, row) => code * b.size + b.reference[row]!),
      candidate: a.candidate.map((code, row) => code * b.size + b.candidate[row]!),
      size: cells,
    }
  const places = new Map<number, number>()
  const place = (one: number, other: number): number => {
    const cell = one * b.size + other
    const known = places.get(cell)
    if (known !== undefined) return known
    places.set(cell, places.size)
    return places.size - 1
  }
  const reference = a.reference.map((code, row) => place(code, b.reference[row]!))
  const candidate = a.candidate.map((code, row) => place(code, b.candidate[row]!))
  return { reference, candidate, size: places.size }
}
