import type { Metric } from '../metric.ts'
import { type Rows, strided } from '../rows.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { pairKernelEstimate, squaredDistance } from '../statistics/pair-kernel.ts'

/**
 * The squared maximum mean discrepancy, E k(x, x′) + E k(y, y′) − 2 E k(x, y), k(x, y) = exp(−‖x − y‖²/2ℓ²).
 * Gretton et al. 2012, the unbiased form, which can be negative. ℓ is the median distance between reference rows, so that a
 * figure and its floor have the same kernel.
 */
export const maximumMeanDiscrepancy: Metric = {
  name: 'maximum-mean-discrepancy',
  summary: 'squared distance of the mean embeddings under a Gaussian kernel of median width',
  source: 'Gretton et al. 2012',
  better: 'lower',
  range: [-2, 2],
  interval: jackknifeInterval,
  mostRows: 2000,
  measure: (pair) => {
    const twoSquaredWidths = 2 * medianSquaredDistance(pair.reference)
    return [
      pairKernelEstimate(
        pair,
        maximumMeanDiscrepancy.range,
        (a, i, b, j) => -Math.exp(-squaredDistance(a, i, b, j) / twoSquaredWidths),
      ),
    ]
  },
}

/** So many rows are enough for a median of 125,000 distances. */
const rowsOfMedian = 500

/** The upper median of ‖x_i − x_j‖² over i < j, of at most 500 rows; 1 if it is 0, when most rows are equal. */
export function medianSquaredDistance(rows: Rows): number {
  const some = strided(rows, rowsOfMedian)
  const distances = new Float64Array((some.count * (some.count - 1)) / 2)
  let next = 0
  for (let i = 0; i < some.count; i++)
    for (let j = i + 1; j < some.count; j++) distances[next++] = squaredDistance(some, i, some, j)
  return distances.sort()[distances.length >> 1]! || 1
}
