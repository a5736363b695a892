import { rowHashes, type Table } from '../../data/index.ts'

/**
 * Hashes of rows and of their cells, 64 bits in two words. A row's is the sum of its cells', modulo 2³² in each word, so that
 * a row without one of its cells has a hash, too: the difference.
 */
export interface CellHashes {
  readonly rowCount: number
  /** Of whole rows, [rowCount]. */
  readonly lows: Uint32Array
  readonly highs: Uint32Array
  /** Of cells, [rowCount] for each column. */
  readonly cells: readonly { readonly lows: Uint32Array; readonly highs: Uint32Array }[]
}

/** Hashes the named columns; cells are equal as `rowHashes` has it. */
export function cellHashes(table: Table, names: readonly string[]): CellHashes {
  const lows = new Uint32Array(table.rowCount)
  const highs = new Uint32Array(table.rowCount)
  const cells = names.map((name) => {
    const own = rowHashes(table, [name])
    const cellLows = new Uint32Array(table.rowCount)
    const cellHighs = new Uint32Array(table.rowCount)
    for (let row = 0; row < table.rowCount; row++) {
      // 53 bits: the lower 32 are one word; the other word is made of the upper ones.
      const high = Math.floor(own[row]! / 2 ** 32)
      cellLows[row] = own[row]! - high * 2 ** 32
      cellHighs[row] = Math.imul(high, 0x9e3779b1) ^ cellLows[row]!
      lows[row]! += cellLows[row]!
      highs[row]! += cellHighs[row]!
    }
    return { lows: cellLows, highs: cellHighs }
  })
  return { rowCount: table.rowCount, lows, highs, cells }
}
