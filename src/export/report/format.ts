import type { Calendar } from '../../data/index.ts'
import type { Estimate } from '../../evaluation/index.ts'

/** A number with about `digits` significant ones, thousands separated: 12,345; 0.0123; −1.2·10⁻⁷ as −1.2e−7. */
export function number(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'none'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e15))
    return value
      .toExponential(digits - 1)
      .replace('e+', 'e')
      .replaceAll('-', '−')
  const whole = size === 0 ? 1 : Math.floor(Math.log10(size)) + 1
  return fixed(value, Math.max(0, digits - whole))
}

/** A number with so many decimals, thousands separated, and a true minus sign. */
export function fixed(value: number, decimals: number): string {
  // What rounds to zero has no sign.
  const rounded = Number(value.toFixed(decimals)) === 0 ? 0 : value
  const [whole = '', fraction] = rounded.toFixed(decimals).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return (fraction === undefined ? grouped : `${grouped}.${fraction}`).replace('-', '−')
}

/** A share of one as percent: 12 %, 0.4 %. */
export function percent(share: number): string {
  const value = 100 * share
  return `${fixed(value, value !== 0 && Math.abs(value) < 9.95 ? 1 : 0)} %`
}

/** How many decimals show an estimate and its interval: about two digits of the interval's width. */
export function decimalsFor({ value, low, high }: Estimate): number {
  const width = high - low
  const scale = Number.isFinite(width) && width > 0 ? width : Math.abs(value) / 100
  if (!(scale > 0)) return 3
  return Math.max(0, Math.min(6, Math.ceil(1.3 - Math.log10(scale))))
}

/** `0.555 (0.504 to 0.604)`; the value alone where the interval is a point or unknown. */
export function estimate(given: Estimate): string {
  const decimals = decimalsFor(given)
  const value = fixed(given.value, decimals)
  if (!Number.isFinite(given.low) || !Number.isFinite(given.high) || given.low === given.high) return value
  return `${value} (${fixed(given.low, decimals)} to ${fixed(given.high, decimals)})`
}

/** A time as people say it: 3.2 s, 42 s, 3 min 5 s, 1 h 2 min. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

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
  // Whole numbers of four digits are often years.
  if (Number.isInteger(value) && Math.abs(value) < 1e4) return String(value).replace('-', '−')
  return column.decimals !== undefined && column.decimals <= 6 && Math.abs(value) < 1e15
    ? fixed(value, column.decimals)
    : number(value, 6)
}

/** A noun with its count: 1 row, 1,234 rows. */
export function counted(count: number, noun: string): string {
  return `${fixed(count, 0)} ${noun}${count === 1 ? '' : 's'}`
}

/** Items as a sentence lists them: a, b and c. */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
