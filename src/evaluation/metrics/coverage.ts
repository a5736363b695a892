import type { Metric } from '../metric.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { neighbourCount, neighbourhoodEstimate } from '../statistics/neighbourhoods.ts'

/**
 * Coverage, the share of reference rows x with ‖x − y‖ ≤ r_k(x) for some y.
 * Naeem et al. 2020.
 * r_k: the distance to the k-th nearest other row of the same sample, k = 5; x: reference, y: candidate.
 */
export const coverage: Metric = {
  name: 'coverage',
  summary: `share of reference rows whose ball to the ${neighbourCount}th neighbour holds a candidate row`,
  source: 'Naeem et al. 2020',
  better: 'higher',
  range: [0, 1],
  interval: jackknifeInterval,
  mostRows: 1500,
  measure: (pair) => [neighbourhoodEstimate(pair, 'coverage', coverage.range)],
}
