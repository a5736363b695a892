import type { Metric } from '../metric.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { neighbourCount, neighbourhoodEstimate } from '../statistics/neighbourhoods.ts'

/**
 * Precision, the share of candidate rows y with ‖y − x‖ ≤ r_k(x) for some x: what is generated is plausible.
 * Kynkäänniemi et al. 2019.
 * r_k: the distance to the k-th nearest other row of the same sample, k = 5; x: reference, y: candidate.
 */
export const precision: Metric = {
  name: 'precision',
  summary: `share of candidate rows among the reference rows: in a ball to the ${neighbourCount}th neighbour`,
  source: 'Kynkäänniemi et al. 2019',
  better: 'higher',
  range: [0, 1],
  interval: jackknifeInterval,
  mostRows: 1500,
  measure: (pair) => [neighbourhoodEstimate(pair, 'precision', precision.range)],
}
