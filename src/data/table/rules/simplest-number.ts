/** Digits beyond which a float64 says no more. */
const mostDigits = 17

/**
 * The simplest number of an interval: 0 if it is in it, else the decimal or the fraction that is written with the fewest digits.
 *
 * A constant that is known to an interval only is so found as people wrote it: 1.8, 2.54, 5/9.
 */
export function simplestNumber(low: number, high: number): number {
  if (low <= 0 && high >= 0) return 0
  if (high < 0) return -simplestNumber(-high, -low)
  const decimal = shortestDecimal(low, high)
  const { p, q } = simplestFraction(low, high)
  const fraction = p / q
  const inside = fraction >= low && fraction <= high
  return inside && digits(p) + digits(q) < decimal.digits ? fraction : decimal.value
}

function digits(whole: number): number {
  return String(Math.abs(whole)).length
}

/** The number of fewest significant digits in [low, high], both above 0. */
function shortestDecimal(low: number, high: number): { value: number; digits: number } {
  const middle = (low + high) / 2
  for (let count = 1; count <= mostDigits; count++) {
    const value = Number(middle.toPrecision(count))
    if (value >= low && value <= high) return { value, digits: count }
  }
  return { value: middle, digits: mostDigits }
}

/** Steps of a continued fraction after which its numbers are no longer short. */
const mostSteps = 12

/** The fraction p/q of least q in [low, high], both above 0, by their continued fractions; nothing near where it is long. */
function simplestFraction(low: number, high: number, steps = mostSteps): { p: number; q: number } {
  const whole = Math.ceil(low)
  if (whole <= high || steps === 0) return { p: whole, q: 1 }
  const floor = whole - 1
  const rest = simplestFraction(1 / (high - floor), 1 / (low - floor), steps - 1)
  return { p: floor * rest.p + rest.q, q: rest.p }
}
