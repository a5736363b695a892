import type { Calendar } from '../../data/index.ts'
import { fixed, number } from '../../evaluation/index.ts'

const secondsPerDay = 86_400

/** A day, a moment or a time of day as ISO 8601 writes it, to the second. */
export function moment(value: number, { unit }: Calendar): string {
  const seconds = Math.round(unit === 'date' ? value * secondsPerDay : value)
  const date = new Date(seconds * 1000)
  // Beyond what a calendar of four-digit years holds, the number itself says more.
  if (!(Math.abs(seconds) < 2e11)) return number(value)
  const text = date.toISOString()
  if (unit === 'date') return text.slice(0, 10)
  return unit === 'time' ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`
}

/** A value of a column as a reader expects it: a date as a date, a number with its column's decimals. */
export function cellText(
  value: number | string | null,
  column: { readonly calendar?: Calendar; readonly decimals?: number } = {},
): string {
  if (value === null || (typeof value === 'number' && Number.isNaN(value))) return '–'
  if (typeof value === 'string') return value === '' ? '(empty)' : value
  if (column.calendar) return moment(value, column.calendar)
  const { decimals } = column
  const text =
    decimals !== undefined && decimals <= mostDecimals && Math.abs(value) < 1e15
      ? fixed(value, decimals)
      : Number.isInteger(value) && Math.abs(value) < 1e4
        ? fixed(value, 0)
        : number(value, 6)
  // Four digits are often a year, and are not separated, here as on axes.
  return Math.abs(value) < 1e4 ? text.replaceAll(',', '') : text
}

/** Values of a column have all its decimals, so that points stand under points; of more than these, six digits. */
const mostDecimals = 6
