import type { Metric } from '../metric.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { kolmogorovSmirnovDistance } from '../statistics/line.ts'
import { columnDistances } from './column-distances.ts'

/** The largest difference of the distribution functions, sup_t |F(t) − G(t)|, of each column and on average. Smirnov 1939. */
export const kolmogorovSmirnov: Metric = {
  name: 'kolmogorov-smirnov',
  summary: 'largest difference of the distribution functions, column by column and on average',
  source: 'Smirnov 1939',
  better: 'lower',
  range: [0, 1],
  interval: jackknifeInterval,
  mostRows: 5000,
  measure: (pair) => columnDistances(pair, kolmogorovSmirnov.range, kolmogorovSmirnovDistance),
}
