import type { Calendar } from './table.ts'

const secondsADay = 86_400
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'].concat(
  ['October', 'November', 'December'],
)

/** How each letter of strftime is written; `-` after the percent sign leaves out the leading zero. */
const letters: Readonly<Record<string, (at: Date, microseconds: number) => string>> = {
  Y: (at) => String(at.getUTCFullYear()).padStart(4, '0'),
  y: (at) => two(at.getUTCFullYear() % 100),
  m: (at) => two(at.getUTCMonth() + 1),
  B: (at) => months[at.getUTCMonth()]!,
  b: (at) => months[at.getUTCMonth()]!.slice(0, 3),
  d: (at) => two(at.getUTCDate()),
  H: (at) => two(at.getUTCHours()),
  I: (at) => two(at.getUTCHours() % 12 || 12),
  p: (at) => (at.getUTCHours() < 12 ? 'AM' : 'PM'),
  M: (at) => two(at.getUTCMinutes()),
  S: (at) => two(at.getUTCSeconds()),
  f: (_, microseconds) => String(microseconds).padStart(6, '0'),
  g: (_, microseconds) => String(Math.round(microseconds / 1000)).padStart(3, '0'),
  '%': () => '%',
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/**
 * A day or a time as text: `value` in the calendar's own count, its format in the letters of strftime
 * (%Y %y %m %B %b %d %H %I %p %M %S %f %g, with %- for no leading zero). Others stand for themselves.
 */
export function formatMoment(value: number, { unit, format }: Calendar): string {
  const seconds = unit === 'date' ? Math.round(value) * secondsADay : value
  // Microseconds are what DuckDB keeps; beyond them is the rounding of float64.
  const whole = Math.floor(Math.round(seconds * 1e6) / 1e6)
  const microseconds = Math.min(999_999, Math.round((seconds - whole) * 1e6))
  const at = new Date(whole * 1000)
  return format.replaceAll(/%(-?)([A-Za-z%])/g, (all, bare: string, letter: string) => {
    const text = letters[letter]?.(at, microseconds) ?? all
    return bare ? text.replace(/^0+(?=\d)/, '') : text
  })
}

/** The format that a cell of an ISO date, time or timestamp is written in: with a T or a blank, with or without seconds. */
export function isoFormatOf(cell: string): string {
  return cell
    .replace(/\d{4}-\d{2}-\d{2}/, '%Y-%m-%d')
    .replace(/\d{2}:\d{2}:\d{2}\.\d{3}(?!\d)/, '%H:%M:%S.%g')
    .replace(/\d{2}:\d{2}:\d{2}\.\d+/, '%H:%M:%S.%f')
    .replace(/\d{2}:\d{2}:\d{2}/, '%H:%M:%S')
    .replace(/\d{2}:\d{2}/, '%H:%M')
}

/** How days and times are written where nothing else is said. */
export const isoFormats: Readonly<Record<Calendar['unit'], string>> = {
  date: '%Y-%m-%d',
  timestamp: '%Y-%m-%d %H:%M:%S',
  time: '%H:%M:%S',
}
