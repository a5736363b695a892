import { decimalsOf, fitsDecimals } from '../decimals.ts'
import type { NumberKind } from './choice.ts'
import { findGrid, type Grid, greatestCommonDivisor, mostGridDecimals } from './grid.ts'

/** Values of more digits than so small a share are rounded; so many rows of fewer digits are no kind of their own … */
const leastShare = 0.005
/** … nor are fewer rows than these. */
const leastRows = 8
/** A kind of fewer digits holds so many times what chance would end in zeros. */
const mostChance = 3
/** Dequantised are values that repeat: at most half as many are distinct as there are rows. */
const repeats = 2

/** The kinds of numbers in a column, and how many values are rounded to fit them. */
export interface NumberKinds {
  /** The fewest digits first. */
  readonly kinds: readonly NumberKind[]
  /** Values of more digits than any kind has: too few to be one. */
  readonly rounded: number
}

/**
 * The kinds that a column's values are of: prices in whole euros, and others in cents, are two, each on a grid of its own.
 *
 * The last kind has the fewest digits that leave at most 0.5 % of the values with more; these are rounded. Values of
 * fewer digits are a kind before it where at least 8 rows and 0.5 % are, three times as many as would end in so many zeros by chance.
 * values: without gaps and masses, at least one.
 */
export function findKinds(values: Float64Array): NumberKinds {
  const counts = countsByDecimals(values)
  const tolerated = leastShare * values.length
  let most = counts.length - 1
  let beyond = 0
  while (most > 0 && beyond + (counts[most] ?? 0) <= tolerated) beyond += counts[most--] ?? 0
  const coarse = coarseDecimals(counts, most, values.length - beyond, findGrid(values, most))
  const last = coarse === undefined ? values : values.filter((value) => !fitsDecimals(value, coarse))
  const first = coarse === undefined ? [] : [kindOn(values.filter((value) => fitsDecimals(value, coarse)))]
  return { kinds: [...first, kindOn(last, most)], rounded: most > mostGridDecimals ? 0 : beyond }
}

/** How many values need each number of digits after the point. */
function countsByDecimals(values: Float64Array): number[] {
  const counts: number[] = []
  let previous = 0
  for (const value of values) {
    // Neighbours mostly agree, so the cheap test of the last answer settles most rows without printing the number.
    const same = fitsDecimals(value, previous) && (previous === 0 || !fitsDecimals(value, previous - 1))
    previous = same ? previous : decimalsOf(value)
    counts[previous] = (counts[previous] ?? 0) + 1
  }
  return counts
}

/** The digits of the kind of fewer digits than `most`; undefined where there is none. */
function coarseDecimals(
  counts: readonly number[],
  most: number,
  total: number,
  grid: Grid | undefined,
): number | undefined {
  const least = Math.max(leastRows, leastShare * total)
  let upTo = 0
  let found: { decimals: number; excess: number } | undefined
  for (let decimals = 0; decimals < most && decimals <= mostGridDecimals; decimals++) {
    upTo += counts[decimals] ?? 0
    const chance = total * shareEndingAt(decimals, most, grid)
    const excess = upTo - mostChance * chance
    // The digits at which a kind ends hold rows of their own; those below it come by chance.
    if (excess > 0 && upTo >= least && (counts[decimals] ?? 0) >= upTo / 2 && total - upTo >= 1)
      if (found === undefined || excess > found.excess) found = { decimals, excess }
  }
  return found?.decimals
}

/** Which share of a grid's values of at most `most` digits needs no more than `decimals`: one in ten for each, of step 1. */
function shareEndingAt(decimals: number, most: number, grid: Grid | undefined): number {
  const period = 10 ** (most - decimals)
  return grid === undefined ? 1 / period : greatestCommonDivisor(grid.step, period) / period
}

/** The kind of values written to at most `decimals` digits. */
export function kindOn(values: Float64Array, decimals?: number): NumberKind {
  const grid: Grid | undefined = findGrid(values, decimals)
  const distinct = new Set(values).size
  return { grid: grid ?? null, dequantised: grid !== undefined && repeats * distinct <= values.length }
}
