/** What stands before a number's digits, and what after them. */
export type Around = readonly [before: string, after: string]

/**
 * How the numbers of a column are written in their cells, so that new ones are written the same way: `$1,234.50`,
 * `(1,899.93)`, `3974,94 €`, `−5 %`.
 *
 * - `point`: stands before the fraction. `group`: between groups of three digits; empty where there is none.
 * - `groupFrom`: from so many digits before the point on, groups are set apart: 4, or 5 where `1234` stays together.
 * - `lakh`: groups of two digits before the last three: 12,34,567.
 * - `leastDecimals`: the fewest digits after the point; zeros fill up to it. `wholeBare`: whole numbers have none.
 * - `bareFraction`: `.5` for 0.5.
 * - `positive`, `negative`, `zero`: what stands around the digits of such a number, signs and units alike.
 */
export interface Dress {
  readonly point: '.' | ','
  readonly group: string
  readonly groupFrom: number
  readonly lakh: boolean
  readonly leastDecimals: number
  readonly wholeBare: boolean
  readonly bareFraction: boolean
  readonly positive: Around
  readonly negative: Around
  readonly zero: Around
}

/** Numbers with nothing but a comma before their fraction. */
export const commaDress: Dress = {
  point: ',',
  group: '',
  groupFrom: 4,
  lakh: false,
  leastDecimals: 0,
  wholeBare: false,
  bareFraction: false,
  positive: ['', ''],
  negative: ['-', ''],
  zero: ['', ''],
}

/** The number in its dress. */
export function dressed(value: number, dress: Dress): string {
  const [before, after] = value > 0 ? dress.positive : value < 0 ? dress.negative : dress.zero
  return before + digitsOf(Math.abs(value), dress) + after
}

/** Whether the dress is worn by digits only, as programs write them too: `2.50` for 2.5. */
export function isPlain({ point, group, positive, negative, zero }: Dress): boolean {
  const around = `${positive.join('')}|${negative.join('')}|${zero.join('')}`
  return point === '.' && group === '' && around === '|-|'
}

function digitsOf(size: number, dress: Dress): string {
  const { group, groupFrom, leastDecimals, point } = dress
  const text = plainText(size)
  const at = text.indexOf('.')
  const whole = at < 0 ? text : text.slice(0, at)
  let fraction = at < 0 ? '' : text.slice(at + 1)
  const isBareWhole = at < 0 && dress.wholeBare
  if (fraction.length < leastDecimals && !isBareWhole) fraction = fraction.padEnd(leastDecimals, '0')
  if (fraction === '') return group === '' || whole.length < groupFrom ? whole : grouped(whole, dress)
  if (dress.bareFraction && whole === '0') return point + fraction
  return (group === '' || whole.length < groupFrom ? whole : grouped(whole, dress)) + point + fraction
}

/** The shortest decimal form that reads back as the same float64, without an exponent. */
function plainText(size: number): string {
  const text = String(size)
  if (!text.includes('e')) return text
  const [mantissa, exponent] = text.split('e') as [string, string]
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?]
  const places = Number(exponent)
  return places >= 0
    ? `${whole}${fraction.padEnd(places, '0')}`
    : `0.${'0'.repeat(-places - 1)}${whole}${fraction}`
}

function grouped(whole: string, { group, lakh }: Dress): string {
  let [rest, text] = [whole.slice(0, -3), whole.slice(-3)]
  const size = lakh ? 2 : 3
  for (; rest.length > 0; rest = rest.slice(0, -size)) text = `${rest.slice(-size)}${group}${text}`
  return text
}
