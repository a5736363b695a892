import { usualDecimals } from '../decimals.ts'

/**
 * The evenly spaced values that a column is made of: (origin + k · step) / 10^decimals for integers k.
 *
 * origin: integer in [0, step). step: positive integer.
 */
export interface Grid {
  readonly decimals: number
  readonly step: number
  readonly origin: number
}

/** So large a share of a column's values must be decimal numbers of so few digits. */
export const gridShare = 0.95

/** Beyond so many digits after the point a column counts as continuous. */
export const mostGridDecimals = 9

/** A step above one unit of the last digit is believed only of so many rows. */
const leastRowsForStep = 8

/**
 * The grid of a column's values (without gaps), or undefined if they lie on none.
 *
 * decimals: its digits after the point; unless given the fewest that suffice for 95 % of the values, at most 9. A few cells written with more digits, as
 * 9.53333 among 9.5 and 9.6, so don't hide that the column is measured to one digit. Its step is the largest that all values
 * so rounded are multiples of, apart from a common origin: masses noted in steps of 25 g have a step of 25.
 */
export function findGrid(
  values: Float64Array,
  decimals: number = usualDecimals(values, gridShare),
): Grid | undefined {
  const scale = 10 ** decimals
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (decimals > mostGridDecimals || (decimals > 0 && largest * scale > 2 ** 50)) return undefined
  const first = Math.round(values[0]! * scale)
  let step = 0
  for (const value of values) {
    step = greatestCommonDivisor(step, Math.abs(Math.round(value * scale) - first))
    if (step === 1) break
  }
  if (step === 0 || values.length < leastRowsForStep) step = 1
  return { decimals, step, origin: ((first % step) + step) % step }
}

export function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b]
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller]
  return larger
}

/** The distance between two neighbours of the grid. */
export function resolutionOf({ decimals, step }: Grid): number {
  return step / 10 ** decimals
}

/** The value of the grid nearest to `value`. */
export function snap({ decimals, step, origin }: Grid, value: number): number {
  const scale = 10 ** decimals
  // Adding 0 turns −0 into 0.
  return (Math.round((value * scale - origin) / step) * step + origin) / scale + 0
}
