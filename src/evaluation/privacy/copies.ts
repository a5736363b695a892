import type { Table } from '../../data/index.ts'
import { HashCounts } from '../statistics/mixed-rows.ts'
import { type CellHashes, cellHashes } from './cell-hashes.ts'
import type { RowBlocks } from './row-blocks.ts'

/** Fewest columns of which one may differ: two rows of two columns that share one have little in common. */
const fewestColumns = 3

/**
 * Looks for rows among others that pass by in blocks: which equal one, and which equal one in all columns but one.
 *
 * It is the rows looked for that are indexed, so that any number of rows may pass: time O(n d), memory none for them.
 */
export class CopySearch {
  private readonly of: CellHashes
  private readonly whole: HashCounts
  private readonly wholeCounts: Float64Array
  private readonly part: HashCounts | undefined
  private readonly partCounts: Float64Array

  constructor(table: Table, names: readonly string[]) {
    this.of = cellHashes(table, names)
    const { rowCount } = table
    this.whole = new HashCounts(rowCount)
    for (let row = 0; row < rowCount; row++) this.whole.add(this.of.lows[row]!, this.of.highs[row]!)
    this.wholeCounts = new Float64Array(this.whole.size)
    if (names.length >= fewestColumns) {
      const part = new HashCounts(rowCount * names.length)
      for (let row = 0; row < rowCount; row++)
        for (let column = 0; column < names.length; column++)
          part.add(lowWithout(this.of, row, column), highWithout(this.of, row, column))
      this.part = part
    }
    this.partCounts = new Float64Array(this.part?.size ?? 0)
  }

  /** Lets rows pass. */
  pass(rows: CellHashes): void {
    const { whole, wholeCounts, part, partCounts } = this
    for (let row = 0; row < rows.rowCount; row++) {
      const place = whole.find(rows.lows[row]!, rows.highs[row]!)
      if (place >= 0) wholeCounts[place]!++
      if (part === undefined) continue
      for (let column = 0; column < rows.cells.length; column++) {
        const found = part.find(lowWithout(rows, row, column), highWithout(rows, row, column))
        if (found >= 0) partCounts[found]!++
      }
    }
  }

  /** How many of the rows that passed equal row `row`. */
  equal(row: number): number {
    return this.wholeCounts[this.whole.find(this.of.lows[row]!, this.of.highs[row]!)]!
  }

  /** How many of them equal it in all columns but one, or in all, at the column where most do; undefined of few columns. */
  equalButOne(row: number): number | undefined {
    if (this.part === undefined) return undefined
    let most = 0
    for (let column = 0; column < this.of.cells.length; column++) {
      const place = this.part.find(lowWithout(this.of, row, column), highWithout(this.of, row, column))
      most = Math.max(most, this.partCounts[place]!)
    }
    return most
  }
}

/** Of each row of `table` whether some row of `among` equals it in every named column. */
export async function copiesAmong(
  table: Table,
  among: RowBlocks,
  { names, signal }: { readonly names: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<boolean[]> {
  signal?.throwIfAborted()
  const search = new CopySearch(table, names)
  for await (const block of among.read()) {
    signal?.throwIfAborted()
    search.pass(cellHashes(block, names))
  }
  return Array.from({ length: table.rowCount }, (_, row) => search.equal(row) > 0)
}

/** The sum of all cells but one, salted by which one is missing. */
function lowWithout({ lows, cells }: CellHashes, row: number, column: number): number {
  return (lows[row]! - cells[column]!.lows[row]! + Math.imul(column + 1, 0x85ebca6b)) >>> 0
}

function highWithout({ highs, cells }: CellHashes, row: number, column: number): number {
  return (highs[row]! - cells[column]!.highs[row]! + Math.imul(column + 1, 0xc2b2ae35)) >>> 0
}
