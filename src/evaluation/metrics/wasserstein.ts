import type { Metric } from '../metric.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { wassersteinPower } from '../statistics/line.ts'
import { columnDistances } from './column-distances.ts'

/**
 * The Wasserstein-1 distance, ∫ |F⁻¹ − G⁻¹| du, of each column and on average: how far values must be moved, in the
 * column's unit. Vallender 1974.
 */
export const wasserstein: Metric = {
  name: 'wasserstein',
  summary: 'how far values must be moved, column by column and on average',
  source: 'Vallender 1974',
  better: 'lower',
  range: [0, Infinity],
  interval: jackknifeInterval,
  mostRows: 5000,
  measure: (pair) => columnDistances(pair, wasserstein.range, (a, b) => wassersteinPower(a, b, 1)),
}
