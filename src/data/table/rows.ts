import { epochOrder, type Source } from '../source.ts'
import type { PreparedRows } from './encoding/prepared-rows.ts'
import type { TableEncoding } from './encoding/table-encoding.ts'
import type { Table } from './table.ts'

/**
 * Examples from the rows `rowIndices` of a table, encoded: every row once an epoch, in an order drawn anew for each.
 *
 * Example n draws its dequantisation noise from (seed, column, n), so each epoch sees each value elsewhere in its cell.
 */
export function tableRows(options: {
  readonly encoding: TableEncoding
  readonly table: Table
  readonly rowIndices: Int32Array
  readonly seed: number
}): Source {
  const { encoding, table, rowIndices, seed } = options
  const place = epochOrder({ count: rowIndices.length, seed })
  let prepared: PreparedRows | undefined
  return {
    example: { event: [encoding.width] },
    count: rowIndices.length,
    fill: ({ first, count }, into) => {
      prepared ??= encoding.prepare(table, { rowIndices, dequantiseSeed: seed })
      const chosen = new Int32Array(count)
      for (let i = 0; i < count; i++) chosen[i] = place(first + i)
      prepared.write({ rows: chosen, first, into: into.points })
    },
  }
}
