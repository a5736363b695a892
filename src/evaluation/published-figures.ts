import { RandomStream } from '../base/index.ts'
import { type Table, takeRows } from '../data/index.ts'
import type { Tables } from './compared-tables.ts'
import type { Figure } from './evaluate-rows.ts'
import type { Measured } from './metric.ts'
import { leastRows } from './statistics/jackknife.ts'
import type { TableMetric, TablePair } from './table-metric.ts'
import { tableMetrics } from './table-metrics.ts'

/**
 * The measures that papers print, as they take them: the rows that were learned from against as many synthetic ones.
 *
 * Their floor is what real rows reach among themselves: one half, drawn by the seed, against the other. Shape and Trend of half as
 * many rows are larger by √2 by chance alone, so theirs is divided by it: about what as many fresh real rows would get. With
 * fewer than 80 rows to halve, the held-out rows stand for the second half.
 */
export function publishedFigures(
  tables: Tables,
  options: { readonly names: readonly string[]; readonly seed: number },
): Figure[] {
  const { real, synthetic } = tables
  /** Metrics of equally many rows share a pair, and what they remember of it. */
  const pairs = new Map<number, { readonly judged: TablePair; readonly floor: TablePair }>()
  return tableMetrics.flatMap((metric) => {
    const rows = Math.min(metric.mostRows, real.rowCount, synthetic.rowCount)
    const { judged, floor } = pairs.get(rows) ?? {
      judged: { reference: spread(real, rows), candidate: spread(synthetic, rows), ...options },
      floor: { ...floorTables(tables, rows, options.seed), ...options },
    }
    pairs.set(rows, { judged, floor })
    const floors = metric.measure(floor)
    return metric.measure(judged).flatMap((measured, k) => {
      const reached = floors[k]
      if (reached === undefined) return []
      const { value, low, high } = measured
      const halved = rows >= 2 * leastRows ? metric.ofHalf : 1
      return [
        {
          name: metric.name,
          metric: metric.name,
          value,
          low,
          high,
          floor: scaledBy(reached, halved, metric),
          better: metric.better,
          rows,
        },
      ]
    })
  })
}

function scaledBy({ value, low, high }: Measured, factor: number, { range }: TableMetric): Figure['floor'] {
  return { value: factor * value, low: Math.max(range[0], factor * low), high: factor * high }
}

function floorTables(
  { real, heldOut }: Pick<Tables, 'real' | 'heldOut'>,
  rows: number,
  seed: number,
): Pick<TablePair, 'reference' | 'candidate'> {
  if (rows < 2 * leastRows) return { reference: real, candidate: heldOut }
  const order = new RandomStream({ seed, name: 'evaluation/halves' }).permutation({
    index: 0,
    size: real.rowCount,
  })
  const drawn = Int32Array.from(order).subarray(0, rows)
  const half = rows >> 1
  return {
    reference: takeRows(real, drawn.subarray(0, half).slice().sort()),
    candidate: takeRows(
      real,
      drawn
        .subarray(half, 2 * half)
        .slice()
        .sort(),
    ),
  }
}

/** At most `most` of the rows, evenly spread. */
export function spread(table: Table, most: number): Table {
  if (table.rowCount <= most) return table
  return takeRows(
    table,
    Int32Array.from({ length: most }, (_, i) => Math.floor((i * table.rowCount) / most)),
  )
}
