import type { NumberColumn } from '../table.ts'
import type { Extent, OrderRule } from './rule.ts'

/** Fewer rows prove no order. */
const leastRows = 20
/**
 * Nats against chance, besides those for the number of pairs that are tried: all rows are in order, though columns that had
 * nothing to do with each other would break the order in some.
 */
const leastEvidence = 12
/** So large a part of the narrower column's middle 98 % the other must share: columns of other scale are ordered by it. */
const leastOverlap = 0.25

interface Seen {
  readonly column: NumberColumn
  /** Ascending, gaps left out. */
  readonly sorted: Float64Array
}

/**
 * Pairs a ≤ b that hold in every row that has both, and are no matter of scale or chance: the ranges overlap, and rows paired at
 * random would not all be in order, −n log P(a ≤ b) ≥ 12 + log of the pairs tried. One that follows from two others is left out.
 */
export function findOrders(columns: readonly NumberColumn[]): OrderRule[] {
  const seen = columns.map((column): Seen => {
    const filled = column.values.filter((value) => !Number.isNaN(value))
    return { column, sorted: filled.sort() }
  })
  const evidence = leastEvidence + 2 * Math.log(Math.max(1, columns.length))
  const holds = seen.map((a, i) => seen.map((b, j) => i !== j && isOrder(a, b, evidence)))
  const follows = (i: number, j: number): boolean => columns.some((_, k) => holds[i]![k] && holds[k]![j])
  return columns.flatMap((a, i) =>
    columns.flatMap((b, j): OrderRule[] => {
      if (!holds[i]![j] || follows(i, j)) return []
      return [{ kind: 'order', columns: [a.name, b.name], within: [extentOf(seen[i]!), extentOf(seen[j]!)] }]
    }),
  )
}

function extentOf({ column, sorted }: Seen): Extent {
  return { least: sorted[0]!, most: sorted[sorted.length - 1]!, decimals: column.decimals }
}

function isOrder(a: Seen, b: Seen, evidence: number): boolean {
  if (a.column.calendar?.unit !== b.column.calendar?.unit) return false
  const rows = orderedRows(a.column.values, b.column.values)
  if (rows < leastRows || overlap(a.sorted, b.sorted) < leastOverlap) return false
  return rows * -Math.log(1 - inverted(a.sorted, b.sorted)) >= evidence
}

/** Rows that have both, 0 if one of them breaks a ≤ b or none has a < b. */
function orderedRows(a: Float64Array, b: Float64Array): number {
  let [both, less] = [0, 0]
  for (let row = 0; row < a.length; row++) {
    if (a[row]! > b[row]!) return 0
    if (a[row]! <= b[row]!) both++
    if (a[row]! < b[row]!) less++
  }
  return less > 0 ? both : 0
}

/** The share of the shorter of the two middle ranges, from the first to the last percentile, that both have. */
function overlap(a: Float64Array, b: Float64Array): number {
  const at = (sorted: Float64Array, share: number): number => sorted[Math.round(share * (sorted.length - 1))]!
  const [lowA, highA, lowB, highB] = [at(a, 0.01), at(a, 0.99), at(b, 0.01), at(b, 0.99)]
  const shorter = Math.min(highA - lowA, highB - lowB)
  const shared = Math.min(highA, highB) - Math.max(lowA, lowB)
  return shorter > 0 ? shared / shorter : 0
}

/** P(a > b) of a value of each, drawn independently. */
function inverted(a: Float64Array, b: Float64Array): number {
  let [below, sum] = [0, 0]
  for (const value of a) {
    while (below < b.length && b[below]! < value) below++
    sum += below / b.length
  }
  return sum / a.length
}
