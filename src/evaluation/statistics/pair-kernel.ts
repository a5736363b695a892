import type { Pair } from '../metric.ts'
import type { Rows } from '../rows.ts'
import type { Estimate } from './estimate.ts'
import { groupCount, groupsOf, jackknife } from './jackknife.ts'

/** ‖a_i − b_j‖². */
export function squaredDistance(a: Rows, i: number, b: Rows, j: number): number {
  const { dimension } = a
  let sum = 0
  for (let k = 0; k < dimension; k++) {
    const difference = a.values[i * dimension + k]! - b.values[j * dimension + k]!
    sum += difference * difference
  }
  return sum
}

/** Sums of a kernel over pairs of rows, and how many pairs, for each pair of groups: [G, G] both. */
interface BlockSums {
  readonly sum: Float64Array
  readonly pairs: Float64Array
}

/** What row i of a and row j of b have in common; the smaller, the more. */
type Kernel = (a: Rows, i: number, b: Rows, j: number) => number

/** Over all pairs (i, j). */
function between(a: Rows, groupOfA: Uint8Array, b: Rows, groupOfB: Uint8Array, kernel: Kernel): BlockSums {
  const blocks = emptyBlocks()
  for (let i = 0; i < a.count; i++)
    for (let j = 0; j < b.count; j++) add(blocks, groupOfA[i]!, groupOfB[j]!, kernel(a, i, b, j))
  return blocks
}

/** Over all pairs i < j. */
function within(a: Rows, groupOf: Uint8Array, kernel: Kernel): BlockSums {
  const blocks = emptyBlocks()
  for (let i = 0; i < a.count; i++)
    for (let j = i + 1; j < a.count; j++) add(blocks, groupOf[i]!, groupOf[j]!, kernel(a, i, a, j))
  return blocks
}

function emptyBlocks(): BlockSums {
  return { sum: new Float64Array(groupCount ** 2), pairs: new Float64Array(groupCount ** 2) }
}

function add({ sum, pairs }: BlockSums, groupA: number, groupB: number, value: number): void {
  const block = groupA * groupCount + groupB
  sum[block]! += value
  pairs[block]! += 1
}

/** The mean over all pairs that have no row in the omitted group. */
function meanWithout({ sum, pairs }: BlockSums, omitted: number | undefined): number {
  let total = 0
  let count = 0
  for (let block = 0; block < sum.length; block++) {
    if (Math.floor(block / groupCount) === omitted || block % groupCount === omitted) continue
    total += sum[block]!
    count += pairs[block]!
  }
  return total / count
}

/**
 * 2 E k(x, y) − E k(x, x′) − E k(y, y′), x and x′ of the reference, y and y′ of the candidate, in the unbiased (U-statistic)
 * form: no row is paired with itself. So it scatters about 0 for equal distributions and can be negative.
 * All leave-one-group-out figures come from the same sums over pairs of groups.
 */
export function pairKernelEstimate(
  pair: Pair,
  range: readonly [low: number, high: number],
  kernel: Kernel,
): Estimate {
  const { reference, candidate } = pair
  const groups = groupsOf(pair)
  const across = between(reference, groups.reference, candidate, groups.candidate, kernel)
  const withinReference = within(reference, groups.reference, kernel)
  const withinCandidate = within(candidate, groups.candidate, kernel)
  const [estimate] = jackknife(
    (omitted) => [
      2 * meanWithout(across, omitted) -
        meanWithout(withinReference, omitted) -
        meanWithout(withinCandidate, omitted),
    ],
    range,
  )
  return estimate!
}
