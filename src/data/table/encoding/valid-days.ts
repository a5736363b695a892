import { z } from 'zod'
import { daysInMonth } from '../moments/civil.ts'
import { languages, placeOfName } from '../moments/names.ts'
import { type Column, columnWords, type Table } from '../table.ts'

/** Columns that are a day together: its year, where there is one, its month and its day of the month. */
export interface DayColumns {
  readonly year?: string
  readonly month: string
  readonly day: string
}

/** Day columns as JSON holds them. */
export const dayColumnsSchema: z.ZodType<readonly DayColumns[]> = z.array(
  z.strictObject({ year: z.exactOptional(z.string()), month: z.string(), day: z.string() }),
)

/** How the columns of a day are called, alone or beside a word that all of them share: `birth_year`, `birth_month`, … */
const parts = {
  year: /year|yyyy|yr|jahr|année|annee|año|anno|jaar|ano/,
  month: /month|monat|maand|mois|mese|mês|mes|mon|mm/,
  day: /day_?of_?month|dayofmonth|mday|day|dom|dd|tag|jour|giorno|día|dia|dag/,
} as const

/** The rest of a name that has the word of a part, or is but its first letter; undefined where it has not. */
function stemOf(name: string, part: keyof typeof parts): string | undefined {
  const small = name.toLowerCase()
  if (small === part[0]) return ''
  const word = parts[part].exec(small)
  return word === null ? undefined : small.replace(word[0], '').replace(/[^\p{L}\p{N}]/gu, '')
}

/** Fewer rows prove nothing. */
const leastRows = 20
/** Every month has a day up to this one. */
const safeDay = 28

/**
 * The columns of `table` that are days together: by their names, and for every row that has all of them is a day that exists.
 * Those of days up to the 28th only are left out: any month has these.
 */
export function findDayColumns(table: Table): DayColumns[] {
  const named = (part: keyof typeof parts, stem: string): string | undefined =>
    table.columns.find(({ name }) => stemOf(name, part) === stem)?.name
  return table.columns.flatMap(({ name: day }) => {
    const stem = stemOf(day, 'day')
    const month = stem === undefined ? undefined : named('month', stem)
    if (stem === undefined || month === undefined || month === day) return []
    const year = named('year', stem)
    const found = { ...(year === undefined ? {} : { year }), month, day }
    return areDays(table, found) ? [found] : []
  })
}

function areDays(table: Table, found: DayColumns): boolean {
  const { years, months, days } = numbersOf(table, found)
  let [whole, largest] = [0, 0]
  for (let row = 0; row < table.rowCount; row++) {
    const [year, month, day] = [years[row]!, months[row]!, days[row]!]
    if (year === null || month === null || day === null) continue
    if (![year, month, day].every(Number.isInteger)) return false
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return false
    largest = Math.max(largest, day)
    whole++
  }
  return whole >= leastRows && largest > safeDay
}

type Cells = readonly (number | null)[]

/** The numbers of day columns, null for gaps, NaN for what is none. Without a year any 29 February exists, as in 2000. */
function numbersOf(
  table: Table,
  { year, month, day }: DayColumns,
): { years: Cells; months: Cells; days: Cells } {
  const cells = (name: string): readonly (string | null)[] =>
    columnWords(table.columns.find((column) => column.name === name)!)
  const toNumber = (word: string | null): number | null => (word === null ? null : Number(word))
  return {
    years:
      year === undefined ? Array.from({ length: table.rowCount }, () => 2000) : cells(year).map(toNumber),
    months: cells(month).map((word) => (word === null ? null : monthOf(word))),
    days: cells(day).map(toNumber),
  }
}

/** The number of a month that is a number or a name. */
function monthOf(word: string): number {
  const number = Number(word)
  if (!Number.isNaN(number)) return number
  for (const language of Object.keys(languages))
    for (const letter of 'Bb') {
      const place = placeOfName(word, letter, language)
      if (place >= 0) return place + 1
    }
  return Number.NaN
}

/** The table with every day that does not exist set to the last of its month. */
export function withValidDays(table: Table, found: readonly DayColumns[]): Table {
  return found.reduce((held, columns) => {
    const names = held.columns.map(({ name }) => name)
    return Object.values(columns).every((name) => names.includes(name)) ? withValid(held, columns) : held
  }, table)
}

function withValid(table: Table, found: DayColumns): Table {
  const { years, months, days } = numbersOf(table, found)
  const valid = days.map((day, row) => {
    const [year, month] = [years[row]!, months[row]!]
    if (year === null || month === null || day === null) return day
    const last = month >= 1 && month <= 12 ? daysInMonth(year, month) : safeDay
    return Math.min(day, last)
  })
  const columns = table.columns.map((column): Column => {
    if (column.name !== found.day) return column
    if (column.kind === 'text')
      return {
        ...column,
        values: column.values.map((word, row) => (valid[row] === days[row] ? word : String(valid[row]))),
      }
    return {
      ...column,
      values: column.values.map((value, row) => (valid[row] === days[row] ? value : valid[row]!)),
    }
  })
  return { ...table, columns }
}
