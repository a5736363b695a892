import type { Estimate } from '../statistics/estimate.ts'

/**
 * What an interval shows of an aspect: that it is good, fair or poor; that it is one of two of these; or nothing.
 * In this order from best to worst, with what is not known in the middle.
 */
export const marks = ['good', 'good or fair', 'fair', 'not shown', 'fair or poor', 'poor'] as const

/** One of `marks`. */
export type Mark = (typeof marks)[number]

/** Where a figure ends to be good, and where to be fair; smaller is better. Beyond, it is poor. good ≤ fair. */
export interface Limits {
  readonly good: number
  readonly fair: number
}

/**
 * The mark that an interval supports: each of good, fair and poor that it reaches into is possible, and no other.
 * good: (−∞, limits.good]; fair: (limits.good, limits.fair]; poor: (limits.fair, ∞).
 * An interval that is not one, since an end is NaN, shows nothing.
 */
export function markOf({ low, high }: Estimate, { good, fair }: Limits): Mark {
  if (!(low <= high)) return 'not shown'
  if (high <= good) return 'good'
  if (low > fair) return 'poor'
  if (low > good) return high <= fair ? 'fair' : 'fair or poor'
  return high <= fair ? 'good or fair' : 'not shown'
}

/** The worst of the marks; undefined of none. */
export function worstMark(given: readonly Mark[]): Mark | undefined {
  return [...marks].reverse().find((mark) => given.includes(mark))
}

/** Which of two an interval of their difference shows to be more: `more` where it lies above 0, `less` below. */
export function sideOf({ low, high }: Estimate): 'more' | 'less' | 'not shown' {
  if (low > 0 && low <= high) return 'more'
  return high < 0 && low <= high ? 'less' : 'not shown'
}
