import { type Table, takeRows } from '../../data/index.ts'

/** Rows that are gone over block by block, so that there may be more of them than memory holds. */
export interface RowBlocks {
  /** How many rows there are, at most. */
  readonly rowCount: number
  /** Each row once; all blocks with the same columns. */
  readonly read: () => AsyncIterable<Table>
}

/** Rows a block. */
const blockRows = 8192

/** A table, or some of its rows, in blocks. */
export function blocksOf(
  table: Table,
  rows: Int32Array = Int32Array.from({ length: table.rowCount }, (_, row) => row),
): RowBlocks {
  return {
    rowCount: rows.length,
    async *read() {
      for (let from = 0; from < rows.length; from += blockRows)
        yield takeRows(table, rows.subarray(from, from + blockRows))
    },
  }
}
