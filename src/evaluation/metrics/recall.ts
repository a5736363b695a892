import type { Metric } from '../metric.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { neighbourCount, neighbourhoodEstimate } from '../statistics/neighbourhoods.ts'

/**
 * Recall, the share of reference rows x with ‖x − y‖ ≤ r_k(y) for some y: what is real can be generated.
 * Kynkäänniemi et al. 2019.
 * r_k: the distance to the k-th nearest other row of the same sample, k = 5; x: reference, y: candidate.
 */
export const recall: Metric = {
  name: 'recall',
  summary: `share of reference rows among the candidate rows: in a ball to the ${neighbourCount}th neighbour`,
  source: 'Kynkäänniemi et al. 2019',
  better: 'higher',
  range: [0, 1],
  interval: jackknifeInterval,
  mostRows: 1500,
  measure: (pair) => [neighbourhoodEstimate(pair, 'recall', recall.range)],
}
