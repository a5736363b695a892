import { ScorefieldError } from '../../base/index.ts'
import { isoFormats } from './calendar.ts'
import { decimalsNeeded } from './decimals.ts'
import { readText } from './readings/read-text.ts'
import type { Calendar, Column, NumberColumn, Table } from './table.ts'
import { cellWriter, isJson } from './text.ts'

/** What a cell of a row may be in JavaScript: null, undefined and NaN are gaps; a list or an object is kept as JSON. */
export type Cell = number | string | boolean | bigint | Date | null | undefined | readonly unknown[] | object

/** A row as a program has it: cells by the names of the columns. */
export type RowObject = Readonly<Record<string, Cell>>

/** The type of a column of dates that were `Date` objects; others are known by the source's own name of the type. */
const dateType = 'Date'
const millisecondsASecond = 1000

/**
 * A table of rows in memory. Columns are the keys of all rows, in the order in which they first occur; a key that a row lacks
 * is a gap there.
 *
 * Numbers stay numbers; `Date` objects become moments in UTC; truth values stay such. Text that stands for numbers, days
 * or times in every row is read as such, as a file's cells are, and is written the same way again (`objectsOf`).
 * source: what the rows are called in messages.
 *
 * Returns the table, and what was decided that a person may want to know.
 * @throws ScorefieldError `data/rows` where a row is no object, `data/no-rows`, `data/not-finite`, `data/mixed-column`.
 */
export function tableOfObjects(
  rows: readonly RowObject[],
  { source = 'the rows given' }: { readonly source?: string | undefined } = {},
): { readonly table: Table; readonly notes: readonly string[] } {
  requireObjects(rows, source)
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const notes: string[] = []
  const columns = names.map((name): Column => {
    const column = columnOfCells(
      name,
      rows.map((row) => row[name]),
      source,
    )
    if (column.kind === 'number' || column.type !== 'VARCHAR') return column
    const read = readText(column)
    notes.push(...read.notes)
    return read.column ?? column
  })
  return { table: { rowCount: rows.length, columns, source }, notes }
}

/**
 * The rows of a table as objects: what `tableOfObjects` takes. Gaps are null.
 *
 * Numbers that were text, days such as '24.12.2025' or amounts such as '$1,200', are text in the same form.
 */
export function objectsOf({ columns, rowCount }: Table): Record<string, Cell>[] {
  const cells = columns.map((column) => [column.name, reader(column)] as const)
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(cells.map(([name, read]) => [name, read(row)])),
  )
}

function requireObjects(rows: readonly RowObject[], source: string): void {
  const wrong = (message: string, hint: string): ScorefieldError =>
    new ScorefieldError({ kind: 'data', code: 'data/rows', message, where: source, hint })
  const hint = 'Give an array of objects, one a row: [{ age: 31, city: "Oslo" }, …].'
  if (!Array.isArray(rows)) throw wrong(`Rows must be an array of objects; ${kindOf(rows)} is given.`, hint)
  if (rows.length === 0)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/no-rows',
      message: 'There are no rows.',
      where: source,
      hint,
    })
  const at = rows.findIndex((row) => typeof row !== 'object' || row === null || Array.isArray(row))
  if (at >= 0) throw wrong(`Row ${at} is ${kindOf(rows[at])}, not an object.`, hint)
}

/** What a value is, in words: "an array", "the number 5". */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Date) return 'a date'
  if (typeof value === 'object') return 'an object'
  const shown = String(value)
  return `${typeof value === 'string' ? 'the text' : `the ${typeof value}`} ${shown.length > 20 ? `${shown.slice(0, 19)}…` : shown}`
}

type CellKind = 'number' | 'text' | 'truth' | 'date' | 'long' | 'json'

function columnOfCells(name: string, cells: readonly Cell[], source: string): Column {
  const where = `${source}, column '${name}'`
  let kind: CellKind | undefined
  for (const [row, cell] of cells.entries()) {
    if (isGapCell(cell)) continue
    const found = cellKind(cell)
    if (found === undefined || (typeof cell === 'number' && !Number.isFinite(cell)))
      throw new ScorefieldError({
        kind: 'data',
        code: found === undefined ? 'data/rows' : 'data/not-finite',
        message: `Row ${row} of '${name}' is ${cell instanceof Date ? 'an invalid date' : kindOf(cell)}, which cannot be learned.`,
        where,
        hint: 'Give null where there is no value, or leave the row out.',
      })
    kind ??= found
    if (kind === found) continue
    // Whole numbers that do not fit into a number come as bigint beside others that do.
    if ([kind, found].every((one) => one === 'number' || one === 'long')) {
      kind = 'long'
      continue
    }
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/mixed-column',
      message: `'${name}' holds ${plural[kind]} and, in row ${row}, ${kindOf(cell)}.`,
      where,
      hint: 'Give a column values of one kind; null where there is no value.',
    })
  }
  switch (kind) {
    case undefined:
    case 'number':
      return numberColumn(name, 'DOUBLE', cells, Number)
    case 'date':
      return {
        ...numberColumn(name, dateType, cells, (cell) => (cell as Date).getTime() / millisecondsASecond),
        calendar: dateCalendar,
      }
    case 'text':
      return textColumn(name, 'VARCHAR', cells, String)
    case 'truth':
      return textColumn(name, 'BOOLEAN', cells, String)
    case 'long':
      return cells.every((cell) => isGapCell(cell) || Number.isSafeInteger(Number(cell)))
        ? numberColumn(name, 'BIGINT', cells, Number)
        : textColumn(name, 'HUGEINT', cells, String)
    case 'json':
      return textColumn(name, 'JSON', cells, (cell) => JSON.stringify(cell))
  }
}

/** Milliseconds are kept. */
const dateCalendar: Calendar = { unit: 'timestamp', format: `${isoFormats.timestamp}.%3f` }

const plural: Readonly<Record<CellKind, string>> = {
  number: 'numbers',
  text: 'text',
  truth: 'truth values',
  date: 'dates',
  long: 'whole numbers',
  json: 'lists or objects',
}

/** Whether a cell stands for no value. */
export function isGapCell(cell: Cell): cell is null | undefined {
  return cell === null || cell === undefined || Number.isNaN(cell)
}

function cellKind(cell: Cell): CellKind | undefined {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? undefined : 'date'
  return cellKinds[typeof cell]
}

const cellKinds: Readonly<Partial<Record<string, CellKind>>> = {
  number: 'number',
  string: 'text',
  boolean: 'truth',
  bigint: 'long',
  object: 'json',
}

function numberColumn(
  name: string,
  type: string,
  cells: readonly Cell[],
  numberOf: (cell: Cell) => number,
): NumberColumn {
  const values = Float64Array.from(cells, (cell) => (isGapCell(cell) ? Number.NaN : numberOf(cell)))
  return { kind: 'number', name, type, values, decimals: decimalsNeeded(values) }
}

function textColumn(
  name: string,
  type: string,
  cells: readonly Cell[],
  textOf: (cell: Cell) => string,
): Column {
  return { kind: 'text', name, type, values: cells.map((cell) => (isGapCell(cell) ? null : textOf(cell))) }
}

/** How the cells of a column are read out of a table. */
function reader(column: Column): (row: number) => Cell {
  const { type } = column
  if (column.kind === 'number') {
    const { values } = column
    const write = type === dateType ? dateOf : cellWriter(column)
    return (row) => {
      const value = values[row]!
      if (Number.isNaN(value)) return null
      return write ? write(value) : value
    }
  }
  return (row) => {
    const text = column.values[row] ?? null
    if (text === null || type === 'VARCHAR') return text
    if (type === 'HUGEINT') return BigInt(text)
    return isJson(text, type) ? (JSON.parse(text) as Cell) : text
  }
}

function dateOf(seconds: number): Date {
  return new Date(Math.round(seconds * millisecondsASecond))
}
