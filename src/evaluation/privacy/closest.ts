import type { Table } from '../../data/index.ts'
import { BoxTree, type Neighbours } from '../statistics/box-tree.ts'
import type { MixedRows } from '../statistics/mixed-rows.ts'
import type { CellHashes } from './cell-hashes.ts'
import type { MixedScale } from './mixed-scale.ts'

/** Numbers and codes in one index: so many take 130 MB. */
const mostCells = 2 ** 24
/** Rows between two looks at the clock and at the signal. */
const rowsAtOnce = 200

/** Looks for the nearest neighbours of some rows among others that pass by in blocks; the rows that passed are forgotten. */
export class ClosestSearch {
  private readonly scale: MixedScale
  private readonly sets: readonly Neighbours[]
  private readonly chunk: MixedRows
  private readonly pause: (compared?: number) => Promise<void>
  private filled = 0

  /** count: how many rows will pass. pause: called often, with how many pairs were compared since. */
  constructor(options: {
    readonly scale: MixedScale
    readonly sets: readonly Neighbours[]
    readonly count: number
    readonly pause: (compared?: number) => Promise<void>
  }) {
    this.scale = options.scale
    this.sets = options.sets
    this.pause = options.pause
    const width = Math.max(1, this.scale.numberWidth + this.scale.codeWidth)
    this.chunk = this.scale.room(Math.min(options.count, Math.ceil(mostCells / width)))
  }

  /** Lets rows pass. */
  async pass(table: Table, hashes: CellHashes): Promise<void> {
    if (this.filled + table.rowCount > this.chunk.count) await this.finish()
    if (table.rowCount > this.chunk.count) return this.look(this.scale.rowsOf(table, hashes))
    this.scale.write(table, hashes, this.chunk, this.filled)
    this.filled += table.rowCount
  }

  /** Compares with the rows that passed last; to be called once more after the last one. */
  async finish(): Promise<void> {
    const { numberWidth, codeWidth } = this.chunk
    const count = this.filled
    this.filled = 0
    if (count === 0) return
    await this.look({
      ...this.chunk,
      count,
      numbers: this.chunk.numbers.subarray(0, count * numberWidth),
      codes: this.chunk.codes.subarray(0, count * codeWidth),
      lows: this.chunk.lows.subarray(0, count),
      highs: this.chunk.highs.subarray(0, count),
    })
  }

  private async look(rows: MixedRows): Promise<void> {
    await this.pause()
    const tree = new BoxTree(rows)
    for (const found of this.sets)
      for (let row = 0; row < found.of.count; row += rowsAtOnce) {
        const end = Math.min(row + rowsAtOnce, found.of.count)
        tree.search(found, row, end)
        await this.pause((end - row) * rows.count)
      }
  }
}
