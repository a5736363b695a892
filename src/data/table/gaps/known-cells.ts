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
  /** Codes of `rows`, [n, width], and which of them are known, 1 or 0, [n, width]. Row i draws its noise by (seed, column, first + i). */
  readonly codes: (options: {
    /** Which of `rows`, by their places, in any order and as often as wished. */
    readonly places: Int32Array
    readonly seed: number
    readonly first: number
  }) => { readonly observed: Float32Array; readonly known: Float32Array }
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
  const spare = new Map(
    encoding.decode(new Float32Array(encoding.width), 1).columns.map((column) => [column.name, column]),
  )
  const strange: { column: string; words: string[]; rows: number }[] = []
  const unknown = new Map<string, Uint8Array>()
  const toFill = new Uint8Array(table.rowCount)
  const complete = new Map(byName)
  for (const column of encoding.columns) {
    const own = byName.get(column.name)
    if (own === undefined || (column.width === 0 && !column.computed)) continue
    const found = unknownCells(column, inKind(own, column.kind) ?? own)
    for (let row = 0; row < table.rowCount; row++) if (isGap(own, row)) toFill[row] = 1
    if (column.width === 0) continue
    unknown.set(column.name, found.unknown)
    complete.set(
      column.name,
      withSpare(inKind(own, column.kind) ?? own, found.unknown, spare.get(column.name)!),
    )
    if (found.strange > 0)
      strange.push({ column: column.name, words: [...found.words].slice(0, 3), rows: found.strange })
  }
  const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => toFill[row] === 1)
  const encodable: Table = { ...table, columns: table.columns.map(({ name }) => complete.get(name)!) }
  const placed = encoding.columns.flatMap(({ name }) => {
    const range = encoding.columnRange(name)
    return range === undefined ? [] : [{ ...range, unknown: unknown.get(name)! }]
  })
  return {
    table,
    rows,
    strange,
    codes: ({ places, seed, first }) => {
      const rowIndices = places.map((place) => rows[place]!)
      const observed = encoding.encode(encodable, { rowIndices, dequantiseSeed: seed, first })
      const known = new Float32Array(observed.length).fill(1)
      for (const { offset, width, unknown } of placed)
        for (let i = 0; i < places.length; i++) {
          if (unknown[rowIndices[i]!] === 0) continue
          const at = i * encoding.width + offset
          known.fill(0, at, at + width)
          observed.fill(0, at, at + width)
        }
      return { observed, known }
    },
  }
}

/** Which cells of a column the model does not know, and the words among them. */
function unknownCells(
  encoding: ColumnEncoding,
  column: Column,
): { readonly unknown: Uint8Array; readonly strange: number; readonly words: Set<string> } {
  const unknown = new Uint8Array(column.values.length)
  const words = new Set<string>()
  let strange = 0
  for (let row = 0; row < unknown.length; row++) {
    const gap = isGap(column, row)
    if (!gap && encoding.canEncode(column, row)) continue
    unknown[row] = 1
    if (gap) continue
    strange++
    words.add(columnWords(column, row)[0]!)
  }
  return { unknown, strange, words }
}

/** The column with a value that can be encoded where it is not known. */
function withSpare(column: Column, unknown: Uint8Array, spare: Column): Column {
  if (column.kind === 'number') {
    const value = columnWords(spare)[0]
    const number = value === null ? Number.NaN : spare.kind === 'number' ? spare.values[0]! : Number(value)
    return { ...column, values: column.values.map((own, row) => (unknown[row] ? number : own)) }
  }
  const word = columnWords(spare)[0] ?? null
  return { ...column, values: column.values.map((own, row) => (unknown[row] ? word : own)) }
}
