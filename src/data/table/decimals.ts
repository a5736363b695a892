/** Powers of ten up to 10^22 are exact in float64, so a division by one of them is correctly rounded. */
const largestExactPower = 22

/**
 * How many digits after the point the shortest decimal form of `value` has; 0 for integers and for gaps.
 *
 * Shortest: the fewest digits that read back as the same float64, as ECMAScript prints numbers.
 */
export function decimalsOf(value: number): number {
  if (!Number.isFinite(value) || Number.isInteger(value)) return 0
  const [mantissa, exponent] = String(Math.abs(value)).split('e') as [string, string?]
  const point = mantissa.indexOf('.')
  const written = point < 0 ? 0 : mantissa.length - point - 1
  return Math.max(0, written - Number(exponent ?? 0))
}

/** Whether `value` is a decimal number of at most `decimals` digits after the point. */
export function fitsDecimals(value: number, decimals: number): boolean {
  if (decimals <= largestExactPower) {
    const scaled = value * 10 ** decimals
    // Below 2^50 the nearest integer is certain in spite of the product's rounding, and the quotient is exact.
    if (Math.abs(scaled) < 2 ** 50) return Math.round(scaled) / 10 ** decimals === value
  }
  return decimalsOf(value) <= decimals
}

/** The most digits after the point that any of `values` needs; gaps need none. */
export function decimalsNeeded(values: Float64Array): number {
  let decimals = 0
  for (const value of values) {
    if (!Number.isNaN(value) && !fitsDecimals(value, decimals))
      decimals = Math.max(decimals, decimalsOf(value))
  }
  return decimals
}

/**
 * The smallest number of digits after the point that suffices for at least `share` of the values (gaps left out).
 *
 * share: in (0, 1]; 1 gives `decimalsNeeded`.
 */
export function usualDecimals(values: Float64Array, share: number): number {
  const counts: number[] = []
  let total = 0
  let previous = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    // Neighbours mostly agree, so the cheap test of the last answer settles most rows without printing the number.
    const same = fitsDecimals(value, previous) && (previous === 0 || !fitsDecimals(value, previous - 1))
    previous = same ? previous : decimalsOf(value)
    counts[previous] = (counts[previous] ?? 0) + 1
    total++
  }
  let covered = 0
  for (let decimals = 0; decimals < counts.length; decimals++) {
    covered += counts[decimals] ?? 0
    if (covered >= share * total) return decimals
  }
  return 0
}
