import type { Measured, Pair } from '../metric.ts'
import { columnOf } from '../rows.ts'
import { jackknifeOverRows } from '../statistics/jackknife.ts'

/** The mean over columns of a distance on the line, and then the distance of each column. */
export function columnDistances(
  pair: Pair,
  range: readonly [low: number, high: number],
  distance: (sortedReference: Float64Array, sortedCandidate: Float64Array) => number,
): Measured[] {
  const { columns } = pair
  const [mean, ...each] = jackknifeOverRows(pair, range, (reference, candidate) => {
    const distances = columns.map((_, c) =>
      distance(columnOf(reference, c).sort(), columnOf(candidate, c).sort()),
    )
    return [distances.reduce((sum, value) => sum + value / distances.length, 0), ...distances]
  })
  return [mean!, ...each.map((estimate, c) => ({ ...estimate, column: columns[c]! }))]
}
