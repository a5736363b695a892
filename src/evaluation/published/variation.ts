import { type Groups, groupCount } from '../statistics/jackknife.ts'

/**
 * The total variation ½ Σ_k |p_k − q_k| of two samples of codes without each group of rows, and then of all rows:
 * [groupCount + 1].
 * reference, candidate: codes, 0 … size − 1.
 */
export function variationWithAndWithout(given: {
  readonly reference: Int32Array
  readonly candidate: Int32Array
  readonly size: number
  readonly groups: Groups
}): Float64Array {
  const { size } = given
  const [a, b] = [
    countsByGroup(given.reference, given.groups.reference, size),
    countsByGroup(given.candidate, given.groups.candidate, size),
  ]
  return Float64Array.from({ length: groupCount + 1 }, (_, omitted) => {
    const [n, m] = [a.rowsWithout(omitted), b.rowsWithout(omitted)]
    let sum = 0
    for (let code = 0; code < size; code++)
      sum += Math.abs(a.countWithout(omitted, code) / n - b.countWithout(omitted, code) / m)
    return sum / 2
  })
}

interface GroupedCounts {
  rowsWithout(omitted: number): number
  countWithout(omitted: number, code: number): number
}

function countsByGroup(codes: Int32Array, groups: Uint8Array, size: number): GroupedCounts {
  // The last of the groups counts all rows.
  const counts = new Float64Array((groupCount + 1) * size)
  const rows = new Float64Array(groupCount + 1)
  const all = groupCount * size
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!
    counts[groups[row]! * size + code]! += 1
    counts[all + code]! += 1
    rows[groups[row]!]! += 1
  }
  rows[groupCount] = codes.length
  const isAll = (omitted: number): boolean => omitted === groupCount
  return {
    rowsWithout: (omitted) => (isAll(omitted) ? codes.length : codes.length - rows[omitted]!),
    countWithout: (omitted, code) =>
      isAll(omitted) ? counts[all + code]! : counts[all + code]! - counts[omitted * size + code]!,
  }
}
