import { asKnown } from '../as-known.ts'
import type { ColumnEncoding } from '../encoding/column-encoding.ts'
import { inKind } from '../encoding/columns-of.ts'
import { knownColumns } from '../encoding/known-columns.ts'
import type { TableEncoding } from '../encoding/table-encoding.ts'
import { type Column, columnWords, isGap, type Table } from '../table.ts'

/** Rows whose codes are known in part: where a cell is a gap, or nothing that the model knows, its coordinates are not. */
export interface KnownCells {
  /** The table with its gaps, in the kinds and units of the model's columns. */
  readonly table: Table
  /** The rows that the model must complete, ascending: those with a gap in a column that it models or computes. */
  readonly rows: Int32Array
  /** Words of the table that the model does not know: they say nothing to it, and stay as they are. */
  readonly strange: readonly {
    readonly column: string
    readonly words: readonly string[]
    readonly rows: number
  }[]
  /** Codes of `rows`, [n, width], NaN where they are not known. Row i draws its noise by (seed, column, first + i). */
  readonly codes: (options: {
    /** Which of `rows`, by their places, in any order and as often as wished. */
    readonly places: Int32Array
    readonly seed: number
    readonly first: number
  }) => Float32Array
}

/**
 * Looks at the cells of a table that a model shall complete.
 *
 * A gap is a cell that is not known, also in a column where gaps are values of their own to the model.
 * Throws `data/missing-column`, `data/column-kind`.
 */
export function knownCells(encoding: TableEncoding, given: Table): KnownCells {
  const table = asKnown(given, knownColumns(encoding))
  // Says which columns are missing.
  encoding.encodableRows(table, new Int32Array())
  const byName = new Map(table.columns.map((column) => [column.name, column]))
  const strange: { column: string; words: string[]; rows: number }[] = []
  const toFill = new Uint8Array(table.rowCount)
  const complete = new Map(byName)
  for (const column of encoding.columns) {
    const own = byName.get(column.name)
    if (own === undefined || (column.width === 0 && !column.computed)) continue
    for (let row = 0; row < table.rowCount; row++) if (isGap(own, row)) toFill[row] = 1
    if (column.width === 0) continue
    const inItsKind = inKind(own, column.kind) ?? own
    const found = strangeCells(column, inItsKind)
    complete.set(column.name, withoutCells(inItsKind, found.isStrange))
    if (found.strange > 0)
      strange.push({ column: column.name, words: [...found.words].slice(0, 3), rows: found.strange })
  }
  const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => toFill[row] === 1)
  const encodable: Table = { ...table, columns: table.columns.map(({ name }) => complete.get(name)!) }
  return {
    table,
    rows,
    strange,
    codes: ({ places, seed, first }) => {
      const rowIndices = places.map((place) => rows[place]!)
      return encoding.encode(encodable, {
        ...{ rowIndices, dequantiseSeed: seed, first },
        partly: { gapsAreValues: false },
      })
    },
  }
}

/** Which cells of a column have a value that the model does not know, and these words. */
function strangeCells(
  encoding: ColumnEncoding,
  column: Column,
): { readonly isStrange: Uint8Array; readonly strange: number; readonly words: Set<string> } {
  const isStrange = new Uint8Array(column.values.length)
  const words = new Set<string>()
  let strange = 0
  for (let row = 0; row < isStrange.length; row++) {
    if (isGap(column, row) || encoding.canEncode(column, row)) continue
    isStrange[row] = 1
    strange++
    words.add(columnWords(column, row)[0]!)
  }
  return { isStrange, strange, words }
}

/** The column with gaps in the place of these cells. */
function withoutCells(column: Column, isOut: Uint8Array): Column {
  return column.kind === 'number'
    ? { ...column, values: column.values.map((value, row) => (isOut[row] ? Number.NaN : value)) }
    : { ...column, values: column.values.map((value, row) => (isOut[row] ? null : value)) }
}
