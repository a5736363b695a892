import type { Metric } from '../metric.ts'
import type { Rows } from '../rows.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { pairKernelEstimate } from '../statistics/pair-kernel.ts'

/**
 * The squared maximum mean discrepancy under the cubic kernel k(x, y) = (x·y/d + 1)³: how far moments up to the third differ.
 * Bińkowski, Sutherland, Arbel, Gretton 2018 (of features of pictures; their KID is that of one certain network). The unbiased form,
 * which can be negative and, unlike the Fréchet distance, lies as far off at few rows as at many.
 */
export const kernelDistance: Metric = {
  name: 'kernel-distance',
  summary: 'squared distance of the mean embeddings under a cubic kernel, unbiased',
  source: 'Bińkowski et al. 2018',
  better: 'lower',
  range: [-Infinity, Infinity],
  interval: jackknifeInterval,
  mostRows: 2000,
  measure: (pair) => [
    pairKernelEstimate(
      pair,
      kernelDistance.range,
      (a, i, b, j) => -((product(a, i, b, j) / a.dimension + 1) ** 3),
    ),
  ],
}

function product(a: Rows, i: number, b: Rows, j: number): number {
  const { dimension } = a
  let sum = 0
  for (let k = 0; k < dimension; k++) sum += a.values[i * dimension + k]! * b.values[j * dimension + k]!
  return sum
}
