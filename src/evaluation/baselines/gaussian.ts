import { gaussian } from '../../density/index.ts'
import { scalingOf } from '../rows.ts'
import type { Baseline } from './baseline.ts'
import { shrunkCorrelations } from './shrinkage.ts'

/**
 * One Gaussian: sample means and variances, and correlations shrunk towards 0 as in Schäfer & Strimmer 2005.
 * A column that does not vary is given the variance 1.
 */
export const gaussianBaseline: Baseline = {
  name: 'gaussian',
  mostColumns: 1024,
  summary: 'one Gaussian with full covariance',
  source: 'Schäfer & Strimmer 2005',
  fit: ({ rows }) => {
    const { dimension } = rows
    const { mean, std } = scalingOf(rows)
    const { matrix, intensity } = shrunkCorrelations(rows)
    const covariance = matrix.map((entry, k) => entry * std[Math.floor(k / dimension)]! * std[k % dimension]!)
    return gaussian({
      name: gaussianBaseline.name,
      summary: `${gaussianBaseline.summary}; correlations shrunk by ${intensity.toPrecision(2)}`,
      source: gaussianBaseline.source,
      mean,
      covariance,
    })
  },
}
