import type { Metric } from '../metric.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { neighbourCount, neighbourhoodEstimate } from '../statistics/neighbourhoods.ts'

/**
 * Density, 1/(k m) Σ_y #{x: ‖y − x‖ ≤ r_k(x)}: like precision, but an outlier cannot vouch for many.
 * Naeem et al. 2020.
 * r_k: the distance to the k-th nearest other row of the same sample, k = 5; x: reference, y: candidate.
 */
export const density: Metric = {
  name: 'density',
  summary: `mean number of reference balls that hold a candidate row, over ${neighbourCount}: 1 for equal distributions`,
  source: 'Naeem et al. 2020',
  better: 'higher',
  range: [0, Infinity],
  interval: jackknifeInterval,
  mostRows: 1500,
  measure: (pair) => [neighbourhoodEstimate(pair, 'density', density.range)],
}
