import type { Estimate } from '../statistics/estimate.ts'

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
  // A figure without an interval has about three digits, as most ends of intervals have.
  const scale = Number.isFinite(width) && width > 0 ? width : Math.abs(value) / 10
  if (!(scale > 0)) return 3
  return Math.max(0, Math.min(6, Math.ceil(1.3 - Math.log10(scale))))
}

/** `0.555 (0.504 to 0.604)`; the value alone where the interval is unknown, or a point in all digits that are shown. */
export function estimate(given: Estimate): string {
  const decimals = decimalsFor(given)
  const [value, low, high] = [given.value, given.low, given.high].map((part) => fixed(part, decimals))
  if (!Number.isFinite(given.low) || !Number.isFinite(given.high) || given.low === given.high) return value!
  // Rounding leaves an interval of 1e-16 where all values are one: it tells nothing.
  if (low === high) return fixed(given.value, decimalsFor({ ...given, low: given.value, high: given.value }))
  return `${value} (${low} to ${high})`
}

/** An estimate of a share as percent: `1.7 % (0.2 to 3.1 %)`. */
export function percentEstimate({ value, low, high }: Estimate): string {
  const hundred = { value: 100 * value, low: 100 * low, high: 100 * high }
  const decimals = Math.min(2, decimalsFor(hundred))
  const written = (part: number): string => fixed(part, decimals)
  return low === high
    ? `${written(hundred.value)} %`
    : `${written(hundred.value)} % (${written(hundred.low)} to ${written(hundred.high)} %)`
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
