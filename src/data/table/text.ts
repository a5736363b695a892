import { ScorefieldError } from '../../base/index.ts'
import { formatMoment } from './calendar.ts'
import { fitsDecimals } from './decimals.ts'
import { dressed } from './dress.ts'
import { csv, json, jsonl, type TableFormat, tsv } from './formats.ts'
import { isInteger, isNested } from './stored-type.ts'
import type { Column, NumberColumn, Table } from './table.ts'

/** Rows a piece: enough that joining is cheap, few enough that a piece stays below a megabyte. */
const pieceRows = 1024

/**
 * A table as text, in pieces to be written one after the other.
 *
 * Numbers are written in the shortest way that reads back as the same float64, in separated text with the places of their
 * column; gaps as an empty cell, or as the column writes them, or `null`.
 * Separated text is quoted as RFC 4180 says, its lines end in a line feed. A format without text form is an error.
 */
export function* tableText(table: Table, format: TableFormat): Generator<string> {
  const { open, row, between, close } = requireText(format)(table)
  yield open
  let piece: string[] = []
  for (let index = 0; index < table.rowCount; index++) {
    piece.push(index === 0 ? '' : between, row(index))
    if (piece.length >= 2 * pieceRows) {
      yield piece.join('')
      piece = []
    }
  }
  yield piece.join('') + close
}

/** How a format writes text; throws `data/unknown-format` for one that is no text. */
export function requireText(format: TableFormat): (table: Table) => TextWriter {
  const writer = writers.get(format)
  if (writer !== undefined) return writer
  throw new ScorefieldError({
    kind: 'usage',
    code: 'data/unknown-format',
    message: `${format.name} is no text format.`,
    hint: `Text formats are ${[...writers.keys()].map(({ name }) => name).join(', ')}.`,
  })
}

/** The parts of a text form: what stands before all rows, each row, what between two, what after all. */
export interface TextWriter {
  readonly open: string
  readonly row: (index: number) => string
  readonly between: string
  readonly close: string
}

const writers: ReadonlyMap<TableFormat, (table: Table) => TextWriter> = new Map([
  [csv, (table) => separatedText(table, ',')],
  [tsv, (table) => separatedText(table, '\t')],
  [json, (table) => ({ open: '[', row: jsonRow(table), between: ',\n', close: ']\n' })],
  [jsonl, (table) => ({ open: '', row: jsonRow(table), between: '\n', close: '\n' })],
])

function separatedText(table: Table, separator: string): TextWriter {
  const { columns } = table
  const line = (cells: readonly string[]): string => {
    // A line with nothing in it would not be a row when read back.
    const text = cells.join(separator)
    return `${text === '' ? '""' : text}\n`
  }
  const open = line(columns.map(({ name }) => quoted(name, separator)))
  const row = (index: number): string => line(columns.map((column) => cell(column, index, separator)))
  return { open, row, between: '', close: '' }
}

function cell(column: Column, row: number, separator: string): string {
  return quoted(cellText(column, row), separator)
}

/** A cell as separated text holds it, without quotes. */
export function cellText(column: Column, row: number): string {
  const { gap = '', places, dress } = column.written ?? {}
  if (column.kind === 'text') return column.values[row] ?? gap
  const value = column.values[row]!
  if (Number.isNaN(value)) return gap
  if (column.calendar) return formatMoment(value, column.calendar)
  if (dress) return dressed(value, dress)
  return places !== undefined && fitsDecimals(value, places) ? value.toFixed(places) : String(value)
}

/** The cell's text, in quotes if it holds a separator, a quote or a line end, or has blanks at its ends. */
function quoted(text: string, separator: string): string {
  const needsQuotes = text.includes(separator) || /["\r\n]|^\s|\s$/.test(text)
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text
}

function jsonRow({ columns }: Table): (index: number) => string {
  const keys = columns.map(({ name }) => `${JSON.stringify(name)}:`)
  return (index) => {
    // NaN, a gap, is written as null.
    const cells = columns.map((column, k) => {
      const write = column.kind === 'number' ? cellWriter(column) : undefined
      const value = column.values[index]!
      if (typeof value === 'string' && isJson(value, column.type)) return keys[k]! + value
      if (write === undefined || Number.isNaN(value)) return keys[k]! + JSON.stringify(value)
      const text = write(value as number)
      // Days that a source holds as whole numbers, 20201231, are such numbers in JSON, too.
      return keys[k]! + (/INT/.test(column.type) ? text : JSON.stringify(text))
    })
    return `{${cells.join(',')}}`
  }
}

/** Writes the numbers of a column as text: days and times, and those in a dress; undefined where they stay numbers. */
export function cellWriter({ calendar, written }: NumberColumn): ((value: number) => string) | undefined {
  if (calendar) return (value) => formatMoment(value, calendar)
  const dress = written?.dress
  return dress && ((value) => dressed(value, dress))
}

/** Whether text that is held of a type is JSON as it is: truth values, long numbers, lists and structures. */
export function isJson(text: string, type: string): boolean {
  if (type === 'VARCHAR') return false
  if (isInteger(type) || /^(BOOLEAN|DECIMAL\(.*\))$/.test(type))
    return /^(true|false|-?\d+(\.\d+)?)$/.test(text)
  if (!isNested(type) && type !== 'JSON') return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
