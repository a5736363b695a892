import type { Measured, Metric, Pair } from '../metric.ts'
import { jackknifeInterval, jackknifeOverRows } from '../statistics/jackknife.ts'
import { correlations } from '../statistics/moments.ts'

const shared = {
  source: 'Pearson 1895',
  better: 'lower',
  range: [0, 2],
  interval: jackknifeInterval,
  mostRows: 5000,
} as const

/** The root mean square, over pairs of columns, of the difference of Pearson's correlations. */
export const correlationError: Metric = {
  ...shared,
  name: 'correlation-error',
  summary: 'root mean square difference of the correlations of pairs of columns',
  measure: (pair) =>
    overColumnPairs(pair, (differences) =>
      Math.sqrt(differences.reduce((sum, value) => sum + value * value, 0) / differences.length),
    ),
}

/** The largest difference, over pairs of columns, of Pearson's correlations. */
export const largestCorrelationError: Metric = {
  ...shared,
  name: 'largest-correlation-error',
  summary: 'largest difference of the correlations of pairs of columns',
  measure: (pair) =>
    overColumnPairs(pair, (differences) =>
      differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    ),
}

function overColumnPairs(
  pair: Pair,
  summarise: (differences: readonly number[]) => number,
): readonly Measured[] {
  const dimension = pair.columns.length
  if (dimension < 2) return []
  return jackknifeOverRows(pair, shared.range, (reference, candidate) => {
    const [a, b] = [correlations(reference), correlations(candidate)]
    const differences: number[] = []
    for (let row = 0; row < dimension; row++)
      for (let column = 0; column < row; column++)
        differences.push(a[row * dimension + column]! - b[row * dimension + column]!)
    return [summarise(differences)]
  })
}
