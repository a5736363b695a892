import { type Groups, groupCount, groupsOf, jackknife, jackknifeInterval } from '../statistics/jackknife.ts'
import { kolmogorovSmirnovDistance } from '../statistics/line.ts'
import type { TableMetric } from '../table-metric.ts'
import { type PairedNumbers, pairedColumns } from './paired-columns.ts'
import { variationWithAndWithout } from './variation.ts'

/**
 * The Shape error, %: the mean over columns of the Kolmogorov–Smirnov distance of numbers and the total variation,
 * ½ Σ |p − q|, of words; 100 less the Column Shapes score of SDMetrics. Zhang et al. 2024 (TabSyn), table 1.
 *
 * Gaps are values: a word of their own; of numbers, one value below all others, where SDMetrics leaves them out.
 */
export const shapeError: TableMetric = {
  name: 'shape-error',
  summary: 'Shape, as papers print it: mean distance of a column’s two distributions, in %',
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
    const each = columns.map((column) =>
      column.kind === 'number' ? ofNumbers(column, groups) : variationWithAndWithout({ ...column, groups }),
    )
    return jackknife((omitted) => {
      const at = omitted === undefined ? groupCount : omitted
      return [each.reduce((sum, errors) => sum + (100 * errors[at]!) / each.length, 0)]
    }, shapeError.range)
  },
}

/** The distance without each group, and then that of all rows, [groupCount + 1]. */
function ofNumbers({ reference, candidate }: PairedNumbers, groups: Groups): number[] {
  const [a, b] = [inOrder(reference, groups.reference), inOrder(candidate, groups.candidate)]
  return Array.from({ length: groupCount + 1 }, (_, omitted) =>
    kolmogorovSmirnovDistance(without(a, omitted), without(b, omitted)),
  )
}

interface Ordered {
  readonly values: Float64Array
  readonly groups: Uint8Array
}

/** Sorted upwards, a gap below all others. */
function inOrder(values: Float64Array, groups: Uint8Array): Ordered {
  const filled = values.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value))
  const order = new Uint32Array(filled.keys()).sort((a, b) =>
    filled[a]! < filled[b]! ? -1 : filled[a]! > filled[b]! ? 1 : 0,
  )
  return {
    values: Float64Array.from(order, (row) => filled[row]!),
    groups: Uint8Array.from(order, (row) => groups[row]!),
  }
}

function without({ values, groups }: Ordered, omitted: number): Float64Array {
  return omitted === groupCount ? values : values.filter((_, i) => groups[i] !== omitted)
}
