import type { Metric } from '../metric.ts'
import { columnOf } from '../rows.ts'
import { jackknifeInterval, jackknifeOverRows } from '../statistics/jackknife.ts'

/**
 * Half the sum of the differences of the shares, ½ Σ_k |p_k − q_k|, of each column of codes and on average: the share of rows
 * whose category would have to change.
 */
export const totalVariation: Metric = {
  name: 'total-variation',
  summary:
    'share of rows whose category would have to change, column by column and on average; of categories and gaps',
  source: 'Gibbs & Su 2002',
  better: 'lower',
  range: [0, 1],
  interval: jackknifeInterval,
  mostRows: 5000,
  measure: (pair) => {
    const { columns } = pair
    const [mean, ...each] = jackknifeOverRows(pair, totalVariation.range, (reference, candidate) => {
      const distances = columns.map((_, c) =>
        differenceOfShares(columnOf(reference, c), columnOf(candidate, c)),
      )
      return [distances.reduce((sum, value) => sum + value / distances.length, 0), ...distances]
    })
    return [mean!, ...each.map((estimate, c) => ({ ...estimate, column: columns[c]! }))]
  },
}

function differenceOfShares(a: Float64Array, b: Float64Array): number {
  const shares = new Map<number, number>()
  for (const code of a) shares.set(code, (shares.get(code) ?? 0) + 1 / a.length)
  for (const code of b) shares.set(code, (shares.get(code) ?? 0) - 1 / b.length)
  let sum = 0
  for (const difference of shares.values()) sum += Math.abs(difference) / 2
  return sum
}
