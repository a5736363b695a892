import { ScorefieldError } from '../../base/index.ts'
import {
  asKnown,
  type Cell,
  type Column,
  decimalsNeeded,
  knownColumns,
  type RowObject,
  type Table,
  type TableEncoding,
  tableOfObjects,
} from '../../data/index.ts'

/** What is given of rows to be drawn: of all of them, or of each; a column that is left out is drawn. */
export type GivenRows = RowObject | readonly RowObject[]

/** Cells that are given, in the model's coordinates and as they are. */
export interface GivenCells {
  /** [count, d], NaN for what is drawn. */
  readonly known: Float32Array
  /** The cell of row i that is given in the place of what was drawn; undefined where none is. */
  readonly cellOf: (row: number, column: string) => Cell | undefined
}

/**
 * What is given of `count` rows. null is a gap, of a column that has gaps as a value.
 *
 * mayBeGiven: the columns that the model was trained to be given. seed, first: rounded numbers are spread over their cells, row i by
 * (seed, column, first + i). Throws `usage/given`, and what reading and encoding throw: a word that the model does not know.
 */
export function givenCells(
  given: GivenRows,
  options: {
    readonly encoding: TableEncoding
    readonly mayBeGiven: readonly string[]
    readonly count: number
    readonly seed: number
    readonly first: number
  },
): GivenCells {
  const { encoding, mayBeGiven, count, seed, first } = options
  const each = Array.isArray(given) ? (given as readonly RowObject[]) : undefined
  if (each && each.length !== count)
    throw wrong(
      `${each.length} rows are given for ${count} to be drawn.`,
      'Give one row for all of them, or one for each.',
    )
  const rows = each ?? new Array<RowObject>(count).fill(given as RowObject)
  const told = each ?? [given as RowObject]
  for (const row of told) {
    if (typeof row !== 'object' || row === null)
      throw wrong(
        'given must be an object of cells by column, or a list of them.',
        'For example given: { colour: "red" }.',
      )
    for (const name of Object.keys(row))
      if (row[name] !== undefined && !mayBeGiven.includes(name))
        throw wrong(
          `The column ${name} cannot be given.`,
          mayBeGiven.length === 0
            ? 'The model was trained without conditions: train with conditions, or draw with where.'
            : `These can: ${mayBeGiven.join(', ')}.`,
        )
  }
  const names = [...new Set(told.flatMap((row) => Object.keys(row)))]
  const isGiven = (row: number, name: string): boolean => rows[row]![name] !== undefined
  if (names.length === 0) {
    const known = new Float32Array(count * encoding.width).fill(Number.NaN)
    return { known, cellOf: () => undefined }
  }
  const filled = rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])))
  const { table } = tableOfObjects(filled, { source: 'the rows given' })
  const known = encoding.encode(asKnown(table, knownColumns(encoding)), {
    dequantiseSeed: seed,
    first,
    partly: { gapsAreValues: true },
  })
  for (const name of names) {
    const range = encoding.columnRange(name)!
    for (let row = 0; row < count; row++) {
      if (isGiven(row, name)) continue
      const from = row * encoding.width + range.offset
      known.fill(Number.NaN, from, from + range.width)
    }
  }
  return { known, cellOf: (row, name) => rows[row]![name] }
}

/** The table with the cells that are given, as they are: what was drawn of a number is rounded. */
export function withCells(table: Table, cellOf: GivenCells['cellOf']): Table {
  const columns = table.columns.map((column): Column => {
    if (column.kind === 'text' || column.calendar) return column
    const values = column.values.map((value, row) => {
      const cell = cellOf(row, column.name)
      return typeof cell === 'number' ? cell : value
    })
    return { ...column, values, decimals: Math.max(column.decimals, decimalsNeeded(values)) }
  })
  return { ...table, columns }
}

function wrong(message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: 'usage/given', message, where: 'given', hint })
}
