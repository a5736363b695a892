import type { PreparedColumn } from './column-encoding.ts'
import type { ColumnNoise } from './noise.ts'

/** So many rows are written column by column before the next ones: they stay in the caches. */
const blockRows = 256

/** A column made ready, where its numbers lie in a row, and what its discrete values are spread with. */
export interface PlacedColumn {
  readonly prepared: PreparedColumn
  readonly offset: number
  readonly noise: ColumnNoise | undefined
}

/** Rows of a table whose words, masses and kinds of numbers are looked up: what is left to do is noise and arithmetic. */
export class PreparedRows {
  private readonly columns: readonly PlacedColumn[]
  private readonly width: number

  constructor(columns: readonly PlacedColumn[], width: number) {
    this.columns = columns
    this.width = width
  }

  /**
   * Writes the codes of `rows`, places among those prepared, to `into`, [n, width]. Row i of this call draws its noise from
   * (seed, column, first + i) only.
   */
  write(options: { readonly rows: Int32Array; readonly first: number; readonly into: Float32Array }): void {
    const { rows, first, into } = options
    for (let start = 0; start < rows.length; start += blockRows) {
      const block = rows.subarray(start, start + blockRows)
      const range = { first: first + start, count: block.length }
      for (const { prepared, offset, noise } of this.columns) {
        const codes = { values: into, offset: start * this.width + offset, stride: this.width }
        prepared.write(block, codes, noise?.(range))
      }
    }
  }
}
