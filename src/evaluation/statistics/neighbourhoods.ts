import type { Pair } from '../metric.ts'
import type { Rows } from '../rows.ts'
import type { Estimate } from './estimate.ts'
import { groupCount, groupsOf, jackknife } from './jackknife.ts'
import { squaredDistance } from './pair-kernel.ts'

/** k: a row's ball reaches to its k-th nearest neighbour in its own sample. */
export const neighbourCount = 5

/** Four shares of one and the same picture: balls around the rows of each sample, and who lies in whose. */
interface Shares {
  readonly precision: number
  readonly recall: number
  readonly density: number
  readonly coverage: number
}

const known = new WeakMap<Pair, (omitted: number | undefined) => Shares>()

/**
 * One share with its interval. Distances and shares of a pair are computed once for all four metrics.
 */
export function neighbourhoodEstimate(
  pair: Pair,
  share: keyof Shares,
  range: readonly [low: number, high: number],
): Estimate {
  let shares = known.get(pair)
  if (shares === undefined) {
    shares = sharesOf(pair)
    known.set(pair, shares)
  }
  const all = shares
  return jackknife((omitted) => [all(omitted)[share]], range)[0]!
}

/** The shares without a group, computed when first asked for. */
function sharesOf(pair: Pair): (omitted: number | undefined) => Shares {
  const { reference, candidate } = pair
  const groups = groupsOf(pair)
  const across = new Float64Array(reference.count * candidate.count)
  for (let i = 0; i < reference.count; i++)
    for (let j = 0; j < candidate.count; j++)
      across[i * candidate.count + j] = squaredDistance(reference, i, candidate, j)
  const ofReference = nearest(reference)
  const ofCandidate = nearest(candidate)
  const computed = new Map<number | undefined, Shares>()
  return (omitted) => {
    const found = computed.get(omitted)
    if (found) return found
    const shares = sharesWithout({
      across,
      groups,
      omitted,
      referenceRadius: squaredRadii(ofReference, groups.reference, omitted),
      candidateRadius: squaredRadii(ofCandidate, groups.candidate, omitted),
    })
    computed.set(omitted, shares)
    return shares
  }
}

/** The nearest neighbours of each row, sorted: `width` a row. */
interface Nearest {
  readonly width: number
  readonly squared: Float64Array
  readonly index: Int32Array
}

/** As many neighbours as it takes to have k left when any one group is omitted. */
function nearest(rows: Rows): Nearest {
  const { count } = rows
  const width = Math.min(count - 1, neighbourCount + Math.ceil(count / groupCount))
  const squared = new Float64Array(count * width).fill(Infinity)
  const index = new Int32Array(count * width)
  for (let i = 0; i < count; i++) {
    const first = i * width
    const last = first + width - 1
    for (let j = 0; j < count; j++) {
      if (j === i) continue
      const distance = squaredDistance(rows, i, rows, j)
      if (distance >= squared[last]!) continue
      let place = last
      for (; place > first && squared[place - 1]! > distance; place--) {
        squared[place] = squared[place - 1]!
        index[place] = index[place - 1]!
      }
      squared[place] = distance
      index[place] = j
    }
  }
  return { width, squared, index }
}

/** The squared distance of each row to its k-th nearest neighbour outside the omitted group. */
function squaredRadii(
  { width, squared, index }: Nearest,
  groupOf: Uint8Array,
  omitted?: number,
): Float64Array {
  return Float64Array.from(groupOf, (_, row) => {
    let place = row * width - 1
    for (let left = neighbourCount; left > 0; ) if (groupOf[index[++place]!] !== omitted) left--
    return squared[place]!
  })
}

function sharesWithout(given: {
  /** ‖x_i − y_j‖², [n, m]. */
  readonly across: Float64Array
  readonly groups: { readonly reference: Uint8Array; readonly candidate: Uint8Array }
  readonly omitted: number | undefined
  readonly referenceRadius: Float64Array
  readonly candidateRadius: Float64Array
}): Shares {
  const { across, groups, omitted, referenceRadius, candidateRadius } = given
  const m = candidateRadius.length
  /** In how many reference balls each candidate row lies. */
  const balls = new Int32Array(m)
  let [references, recalled, covered] = [0, 0, 0]
  for (let i = 0; i < referenceRadius.length; i++) {
    if (groups.reference[i] === omitted) continue
    references++
    let inCandidateBall = false
    let holdsCandidate = false
    for (let j = 0; j < m; j++) {
      const distance = across[i * m + j]!
      if (groups.candidate[j] === omitted) continue
      if (distance <= candidateRadius[j]!) inCandidateBall = true
      if (distance <= referenceRadius[i]!) {
        holdsCandidate = true
        balls[j]!++
      }
    }
    if (inCandidateBall) recalled++
    if (holdsCandidate) covered++
  }
  let [candidates, precise, inside] = [0, 0, 0]
  for (let j = 0; j < m; j++) {
    if (groups.candidate[j] === omitted) continue
    candidates++
    inside += balls[j]!
    if (balls[j]! > 0) precise++
  }
  return {
    precision: precise / candidates,
    recall: recalled / references,
    density: inside / (neighbourCount * candidates),
    coverage: covered / references,
  }
}
