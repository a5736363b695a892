import { ScorefieldError } from '../../base/index.ts'
import { momentFormat } from './moments/moment-format.ts'
import type { Calendar, Column, Table } from './table.ts'

/** Formats that conditions write moments in, by their unit. */
const standard = {
  date: ['%Y-%m-%d'],
  timestamp: ['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M', '%Y-%m-%d'],
  time: ['%H:%M:%S', '%H:%M'],
} as const

/** The moment that a text stands for, as the column counts it: written as the column writes it, or year-month-day. */
function momentOf(text: string, calendar: Calendar): number {
  const formats = [calendar, ...standard[calendar.unit].map((format) => ({ unit: calendar.unit, format }))]
  for (const format of formats) {
    const value = momentFormat(format).parse(text)
    if (!Number.isNaN(value)) return value
  }
  return Number.NaN
}

/**
 * One row that has these cells, told as text, and no other columns; an empty text is a gap. columns: any table with them.
 * Throws `usage/given` where a column is told twice, or its cell is none.
 */
export function rowOfCells(
  cells: readonly { readonly name: string; readonly text: string }[],
  { columns }: Pick<Table, 'columns'>,
): Table {
  const twice = cells.find(({ name }, k) => cells.findIndex((other) => other.name === name) < k)
  if (twice)
    throw wrong(`'${twice.name}' is given twice.`, 'One row has one value of a column: give it once.')
  return {
    rowCount: 1,
    source: 'what is given',
    columns: cells.map(({ name, text }): Column => {
      const column = columns.find((candidate) => candidate.name === name)!
      if (column.kind === 'text') return { ...column, values: [text === '' ? null : text] }
      const value =
        text === '' ? Number.NaN : column.calendar ? momentOf(text, column.calendar) : Number(text)
      if (text !== '' && Number.isNaN(value))
        throw wrong(
          `'${name}' holds ${column.calendar ? `moments written as ${column.calendar.format}` : 'numbers'}, and "${text}" is none.`,
          column.calendar ? 'Year-month-day is understood, too.' : 'Give a number.',
        )
      return { ...column, values: Float64Array.of(value) }
    }),
  }
}

function wrong(message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: 'usage/given', message, where: '--given', hint })
}
