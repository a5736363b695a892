import type { DuckDBConnection } from '@duckdb/node-api'
import { joinHashes } from '../../contents.ts'
import type { Loaded } from '../loaded.node.ts'
import { type LoadedField, loadedChunks, loadedFields } from '../loaded-fields.node.ts'
import type { ReadingHints, TextReading } from '../readings/reading.ts'
import { type ContentHashes, contentHashes } from '../row-hash.ts'
import type { Column, NumberColumn, Table } from '../table.ts'
import { columnOf, mannerOf } from '../take-loaded.node.ts'
import { takeReadings } from '../take-readings.node.ts'
import { BlockFile, blockRows } from './block-file.node.ts'

/** A column of words gives up noting new ones at so many: it is no category any more. */
const mostWords = 200_000

/**
 * A table on disk: read once from its source, then block by block.
 *
 * Numbers are float64; words are their place in a dictionary, −1 for a gap. `telling` are rows that show what a sample of
 * rows may miss: the first row of each word, each column's least and largest number and first gap.
 */
export class TableStore {
  readonly source: string
  readonly telling: Int32Array
  private readonly file: BlockFile
  private readonly fields: readonly StoredField[]
  private readonly dictionaries: readonly (readonly string[])[]

  private constructor(parts: {
    source: string
    telling: Int32Array
    file: BlockFile
    fields: readonly StoredField[]
    dictionaries: readonly (readonly string[])[]
  }) {
    this.source = parts.source
    this.telling = parts.telling
    this.file = parts.file
    this.fields = parts.fields
    this.dictionaries = parts.dictionaries
  }

  /** Copies the table `loaded` of the database to disk; notes tell what is not held as it is there. */
  static async take(
    connection: DuckDBConnection,
    options: {
      readonly source: string
      readonly loaded: Loaded
      readonly notes: string[]
      readonly hints?: ReadingHints
    },
  ): Promise<TableStore> {
    const { source, notes, hints = {} } = options
    const { isUntyped } = options.loaded
    const loaded = await loadedFields(connection, options.loaded, notes)
    const read = await takeReadings(connection, loaded, notes, { hints, isUntyped })
    const readings = loaded.map((field) => read.find((other) => other.field === field))
    const sources = loaded.map((field, k) => readings[k]?.asText ?? field)
    const fields = loaded.map((field, k): StoredField => {
      const { name, type, isNumber, written } = field
      const found = readings[k]
      const carries = mannerOf(field, hints, found?.reading)
      return { name, type: found?.type ?? type, isNumber: isNumber || found !== undefined, written, carries }
    })
    const file = await BlockFile.create(fields.length)
    const writers = fields.map(() => new ColumnWriter())
    try {
      for await (const { count, cells } of loadedChunks(connection, sources)) {
        const first = file.rowCount
        await file.append(
          cells.map((cell, k) => writers[k]!.codes(numbersOf(cell, readings[k]?.reading), first)),
        )
        void count
      }
      await file.finish()
    } catch (error) {
      await file.dispose()
      throw error
    }
    return new TableStore({
      source,
      file,
      fields,
      telling: Int32Array.from(new Set(writers.flatMap((writer) => writer.telling()))).sort(),
      dictionaries: writers.map((writer) => writer.words),
    })
  }

  get rowCount(): number {
    return this.file.rowCount
  }

  get blockCount(): number {
    return this.file.blockCount
  }

  get blockRows(): number {
    return blockRows
  }

  get columns(): readonly { readonly name: string; readonly kind: Column['kind']; readonly type: string }[] {
    return this.fields.map(({ name, type, isNumber }) => ({ name, type, kind: isNumber ? 'number' : 'text' }))
  }

  /** The rows of some blocks, one after the other. */
  async blocks(blocks: readonly number[]): Promise<Table> {
    const parts: Float64Array[][] = []
    for (const block of blocks) parts.push(await this.file.read(block))
    const count = parts.reduce((sum, part) => sum + part[0]!.length, 0)
    return this.tableOf(count, (k) => {
      const values = new Float64Array(count)
      let at = 0
      for (const part of parts) {
        values.set(part[k]!, at)
        at += part[k]!.length
      }
      return values
    })
  }

  /** Some rows, in the order asked; rows: ascending. */
  async rows(rows: Int32Array): Promise<Table> {
    const values = this.fields.map(() => new Float64Array(rows.length))
    for (let at = 0; at < rows.length; ) {
      const block = Math.floor(rows[at]! / blockRows)
      const columns = await this.file.read(block)
      for (; at < rows.length && Math.floor(rows[at]! / blockRows) === block; at++)
        columns.forEach((column, k) => {
          values[k]![at] = column[rows[at]! - block * blockRows]!
        })
    }
    return this.tableOf(rows.length, (k) => values[k]!)
  }

  /** The hashes of all rows by the columns named, as `contentHashes` has them of a table in memory; reads every block once. */
  async hashes(names: readonly string[]): Promise<ContentHashes> {
    const places = names.map((name) => this.fields.findIndex((field) => field.name === name))
    const parts: ContentHashes[] = []
    for (let block = 0; block < this.blockCount; block++) {
      const columns = await this.file.read(block)
      const named = places.map((k, at) => ({ name: names[at]!, cells: this.cellsOf(k, columns[k]!) }))
      parts.push(contentHashes(named, columns[0]!.length))
    }
    return joinHashes(parts)
  }

  /** Removes the copy from the disk. */
  async dispose(): Promise<void> {
    await this.file.dispose()
  }

  /** The cells of field k, as it holds them: numbers, or words by their place in the dictionary. */
  private cellsOf(k: number, values: Float64Array): Float64Array | (string | null)[] {
    if (this.fields[k]!.isNumber) return values
    const words = this.dictionaries[k]!
    return Array.from(values, (code) => words[code] ?? null)
  }

  private tableOf(rowCount: number, valuesOf: (k: number) => Float64Array): Table {
    const columns = this.fields.map((field, k) =>
      columnOf(field, field.carries, this.cellsOf(k, valuesOf(k))),
    )
    return { rowCount, columns, source: this.source }
  }
}

/** A column on the disk, and how its numbers are written. */
interface StoredField extends Pick<LoadedField, 'name' | 'type' | 'isNumber' | 'written'> {
  readonly carries: Pick<NumberColumn, 'calendar' | 'written'>
}

/** The cells as the numbers that they are read as. */
function numbersOf(
  cells: Float64Array | readonly (string | null)[],
  reading: TextReading | undefined,
): Float64Array | readonly (string | null)[] {
  if (reading === undefined || cells instanceof Float64Array) return cells
  return Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : reading.parse(cell)))
}

/** Turns cells into numbers, and remembers the rows that tell of the column. */
class ColumnWriter {
  readonly words: string[] = []
  private readonly places = new Map<string, number>()
  private readonly firsts: number[] = []
  private least = { value: Number.POSITIVE_INFINITY, row: -1 }
  private most = { value: Number.NEGATIVE_INFINITY, row: -1 }
  private gap = -1

  codes(cells: Float64Array | readonly (string | null)[], first: number): Float64Array {
    if (cells instanceof Float64Array) {
      for (let row = 0; row < cells.length; row++) {
        const value = cells[row]!
        if (value < this.least.value) this.least = { value, row: first + row }
        if (value > this.most.value) this.most = { value, row: first + row }
        if (this.gap < 0 && Number.isNaN(value)) this.gap = first + row
      }
      return cells
    }
    return Float64Array.from(cells, (word, row) => {
      if (word === null) {
        if (this.gap < 0) this.gap = first + row
        return -1
      }
      const known = this.places.get(word)
      if (known !== undefined) return known
      if (this.words.length === mostWords) return -1
      this.places.set(word, this.words.length)
      this.firsts.push(first + row)
      return this.words.push(word) - 1
    })
  }

  telling(): number[] {
    return [this.least.row, this.most.row, this.gap, ...this.firsts.slice(0, 5000)].filter((row) => row >= 0)
  }
}
