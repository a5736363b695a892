import type { Metric } from '../metric.ts'
import { jackknifeInterval } from '../statistics/jackknife.ts'
import { pairKernelEstimate, squaredDistance } from '../statistics/pair-kernel.ts'

/**
 * The energy distance, 2 E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖: 0 for equal distributions and for no others.
 * Székely & Rizzo 2013. The unbiased U-statistic, which can be negative.
 */
export const energyDistance: Metric = {
  name: 'energy-distance',
  summary: 'how much farther rows are from the other sample than from their own',
  source: 'Székely & Rizzo 2013',
  better: 'lower',
  range: [-Infinity, Infinity],
  interval: jackknifeInterval,
  mostRows: 2000,
  measure: (pair) => [
    pairKernelEstimate(pair, energyDistance.range, (a, i, b, j) => Math.sqrt(squaredDistance(a, i, b, j))),
  ],
}
