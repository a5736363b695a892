import type { Estimate } from './estimate.ts'

/**
 * The difference a − b of two estimates, with the interval that theirs give: L = d − √((a − a_low)² + (b_high − b)²),
 * U = d + √((a_high − a)² + (b − b_low)²), d = a − b.  Zou & Donner 2008 (the method of variance estimates recovery).
 *
 * It takes both for independent. Where they share rows and rise and fall together, the interval is wider than it need be.
 */
export function difference(a: Estimate, b: Estimate): Estimate {
  const value = a.value - b.value
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  }
}

/** −a: its interval changes ends. */
export function negative({ value, low, high }: Estimate): Estimate {
  return { value: -value, low: -high, high: -low }
}

/** |a − centre|: from 0 where the interval holds the centre, else from its nearer end; to its farther end. */
export function distanceFrom(centre: number, { value, low, high }: Estimate): Estimate {
  const [below, above] = [Math.abs(low - centre), Math.abs(high - centre)]
  return {
    value: Math.abs(value - centre),
    low: low <= centre && centre <= high ? 0 : Math.min(below, above),
    high: Math.max(below, above),
  }
}
