import { ScorefieldError } from '../../base/index.ts'
import type { Dress } from './dress.ts'
import type { KnownColumn, KnownColumns } from './known-column.ts'
import { momentFormat } from './moments/moment-format.ts'
import { dressReader } from './readings/dressed-numbers.ts'
import { type Calendar, type Column, columnWords, type NumberColumn, type Table } from './table.ts'

/**
 * The table with its known columns in the units in which they are known: days as seconds where moments are known, truth values
 * as the words or numbers that they were. Columns that are not known stay as they are.
 *
 * Throws `data/column-kind`, with some cells, where a column holds something else.
 */
export function asKnown(table: Table, as: KnownColumns): Table {
  return {
    ...table,
    columns: table.columns.map((column) => {
      const known = as.get(column.name)
      return known === undefined ? column : (inUnits(column, known) ?? refuse(table, column, known))
    }),
  }
}

/** Whether a column is what it is known to be, perhaps in other units. */
export function fits(column: Column, known: KnownColumn): boolean {
  return inUnits(column, known) !== undefined
}

function inUnits(column: Column, known: KnownColumn): Column | undefined {
  if (known.kind === 'text') return withKnownTruth(column, known)
  if (column.kind === 'text') {
    const { name, type, values } = column
    if (values.every((value) => value === null))
      return {
        kind: 'number',
        name,
        type,
        decimals: 0,
        values: new Float64Array(values.length).fill(Number.NaN),
      }
    return column.type === 'BOOLEAN' && known.calendar === undefined ? truthAsNumbers(column) : undefined
  }
  return inCalendar(column, known.calendar)
}

/** Truth values in the words that are known: `TRUE` for true, true for 1 where the source knew truth values. */
function withKnownTruth(column: Column, { type, words = new Set() }: KnownColumn): Column {
  const isTruth = type === 'BOOLEAN'
  if (isTruth === (column.type === 'BOOLEAN')) return column
  const cells = columnWords(column)
  if (!cells.every((cell) => cell === null || truthOf(cell) !== undefined)) return column
  const asWord = (truth: boolean): string =>
    [...words].find((word) => word.toLowerCase() === String(truth)) ?? String(truth)
  const values = cells.map((cell) => (cell === null ? null : asWord(truthOf(cell)!)))
  return { kind: 'text', name: column.name, type, values }
}

function truthOf(cell: string): boolean | undefined {
  const word = cell.trim().toLowerCase()
  if (word === 'true' || word === '1') return true
  return word === 'false' || word === '0' ? false : undefined
}

function truthAsNumbers({ name, type, values }: Column & { readonly kind: 'text' }): NumberColumn {
  const numbers = Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(truthOf(value))))
  return { kind: 'number', name, type, decimals: 0, values: numbers }
}

const secondsADay = 86_400

/** Days as their first second, midnights as their day; undefined where the one cannot stand for the other. */
function inCalendar(column: NumberColumn, calendar: Calendar | undefined): Column | undefined {
  const isEmpty = column.values.every(Number.isNaN)
  if (isEmpty || column.calendar?.unit === calendar?.unit) return column
  if (calendar?.unit === 'timestamp' && column.calendar?.unit === 'date')
    return { ...column, calendar, values: column.values.map((value) => value * secondsADay) }
  const areDays = column.values.every((value) => Number.isNaN(value) || value % secondsADay === 0)
  if (calendar?.unit === 'date' && column.calendar?.unit === 'timestamp' && areDays)
    return { ...column, calendar, values: column.values.map((value) => value / secondsADay) }
  return undefined
}

const calendarWords = { date: 'days', timestamp: 'days and times', time: 'times of day' } as const

function kindInWords({ kind, calendar }: Pick<NumberColumn, 'calendar'> & Pick<Column, 'kind'>): string {
  return kind === 'text' ? 'text' : calendar ? calendarWords[calendar.unit] : 'plain numbers'
}

const mostExamples = 3

function refuse({ source }: Table, column: Column, known: KnownColumn): never {
  const unread = column.kind === 'text' ? strangeCells(column.values, known) : []
  const { calendar, written } = known
  const way = calendar
    ? `, written as ${calendar.format}`
    : written?.dress
      ? `, such as ${exampleOf(written.dress)}`
      : ''
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/column-kind',
    message: `Column '${column.name}' holds ${kindInWords(column)}, but the model was trained on ${kindInWords(known)} there${way}.${unread.length > 0 ? ` No such ${calendar ? 'moment' : 'number'}: ${unread.join(', ')}.` : ''}`,
    where: `${source}, column '${column.name}'`,
    hint: 'Mend these cells, or leave them empty where they mean "no value" (--set data.csv.gaps=…).',
  })
}

function exampleOf({ group, point, positive }: Dress): string {
  return `${positive[0]}1${group}234${point}5${positive[1]}`
}

/** Some cells that are none of what is known, with their rows. */
function strangeCells(cells: readonly (string | null)[], { calendar, written }: KnownColumn): string[] {
  const parse = calendar ? momentFormat(calendar).parse : written?.dress ? dressReader(written.dress) : Number
  const found: string[] = []
  for (let row = 0; row < cells.length && found.length < mostExamples; row++) {
    const cell = cells[row]!
    if (cell !== null && Number.isNaN(parse(cell))) found.push(`'${cell}' in row ${row + 1}`)
  }
  return found
}
