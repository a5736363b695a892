import { RandomStream, ScorefieldError } from '../../base/index.ts'
import type { Pair } from '../metric.ts'
import { type Rows, rowsAt } from '../rows.ts'
import type { Estimate } from './estimate.ts'
import { studentTQuantile } from './student-t.ts'

/** How many groups are left out, one after the other. */
export const groupCount = 20

/** What such an interval is, in a few words. */
export const jackknifeInterval: string = `95 %: t interval of the jackknife over ${groupCount} random groups of rows`

const halfWidth = studentTQuantile(0.975, groupCount - 1)

/** Rows that a comparison needs on each side: two in every group. */
export const leastRows: number = 2 * groupCount

/** Which group each row of both samples is in, 0 … groupCount − 1; all groups equally large but for one row. */
export interface Groups {
  readonly reference: Uint8Array
  readonly candidate: Uint8Array
}

/** Groups drawn by the pair's seed. Throws `evaluation/too-few-rows` below 40 rows a side. */
export function groupsOf(pair: {
  readonly reference: { readonly count: number }
  readonly candidate: { readonly count: number }
  readonly seed: number
}): Groups {
  const stream = new RandomStream({ seed: pair.seed, name: 'evaluation/jackknife' })
  const drawn = (count: number, index: number): Uint8Array => {
    if (count < leastRows)
      throw new ScorefieldError({
        kind: 'data',
        code: 'evaluation/too-few-rows',
        message: `${count} rows are too few to compare; at least ${leastRows} are needed on each side.`,
        hint: 'Hold out more rows, or draw more.',
      })
    const groups = new Uint8Array(count)
    stream.permutation({ index, size: count }).forEach((row, place) => {
      groups[row] = place % groupCount
    })
    return groups
  }
  return { reference: drawn(pair.reference.count, 0), candidate: drawn(pair.candidate.count, 1) }
}

/**
 * Estimates with the interval of the delete-group jackknife: value ± t·s, s² = (G−1)/G Σ_g (θ_(g) − θ̄)², where θ_(g) is the
 * statistic without group g of both samples and t the 97.5 % quantile with G − 1 degrees of freedom.
 * Shao & Wu 1989: leaving out many rows at once makes the jackknife consistent for statistics that are not smooth, too.
 *
 * It is the uncertainty of drawing rows. A figure's bias at this many rows, such as that of a distance that cannot be
 * negative, is not in it: that is what the floor shows.
 * statistic: the same figures for each omitted group; undefined omits none. range: what the values can be.
 */
export function jackknife(
  statistic: (omitted: number | undefined) => ArrayLike<number>,
  range: readonly [low: number, high: number],
): Estimate[] {
  const values = statistic(undefined)
  const replicates = Array.from({ length: groupCount }, (_, group) => statistic(group))
  return Array.from(values, (value, figure) => {
    const mean = replicates.reduce((sum, replicate) => sum + replicate[figure]! / groupCount, 0)
    const squares = replicates.reduce((sum, replicate) => sum + (replicate[figure]! - mean) ** 2, 0)
    const half = halfWidth * Math.sqrt(((groupCount - 1) / groupCount) * squares)
    return { value, low: Math.max(range[0], value - half), high: Math.min(range[1], value + half) }
  })
}

/** The same for a statistic of two samples of rows, [n, d] and [m, d]. */
export function jackknifeOverRows(
  pair: Pair,
  range: readonly [low: number, high: number],
  statistic: (reference: Rows, candidate: Rows) => ArrayLike<number>,
): Estimate[] {
  const groups = groupsOf(pair)
  const without = (rows: Rows, groupOf: Uint8Array, omitted: number): Rows =>
    rowsAt(
      rows,
      Int32Array.from(groupOf.keys()).filter((row) => groupOf[row] !== omitted),
    )
  return jackknife((omitted) => {
    if (omitted === undefined) return statistic(pair.reference, pair.candidate)
    return statistic(
      without(pair.reference, groups.reference, omitted),
      without(pair.candidate, groups.candidate, omitted),
    )
  }, range)
}
