import type { Metric } from './metric.ts'
import { classifier } from './metrics/classifier.ts'
import { correlationError, largestCorrelationError } from './metrics/correlation-error.ts'
import { coverage } from './metrics/coverage.ts'
import { density } from './metrics/density.ts'
import { energyDistance } from './metrics/energy-distance.ts'
import { frechetDistance } from './metrics/frechet-distance.ts'
import { kernelDistance } from './metrics/kernel-distance.ts'
import { kolmogorovSmirnov } from './metrics/kolmogorov-smirnov.ts'
import { maximumMeanDiscrepancy } from './metrics/maximum-mean-discrepancy.ts'
import { precision } from './metrics/precision.ts'
import { recall } from './metrics/recall.ts'
import { slicedWasserstein } from './metrics/sliced-wasserstein.ts'
import { totalVariation } from './metrics/total-variation.ts'
import { wasserstein } from './metrics/wasserstein.ts'

/** Metrics of rows of numbers against rows of numbers, in the order of reports. */
export const rowMetrics: readonly Metric[] = [
  classifier,
  energyDistance,
  maximumMeanDiscrepancy,
  slicedWasserstein,
  precision,
  recall,
  density,
  coverage,
  correlationError,
  largestCorrelationError,
  kolmogorovSmirnov,
  wasserstein,
]

/** Metrics of features of pictures, in the order of reports; the judge's trees see some rows: more cost minutes of wide rows. */
export const featureMetrics: readonly Metric[] = [
  frechetDistance,
  kernelDistance,
  { ...classifier, mostRows: 2000 },
  precision,
  recall,
  density,
  coverage,
]

/** Every metric; that of categories is of columns of codes, and those of features are of pictures. */
export const metrics: readonly Metric[] = [...rowMetrics, totalVariation, frechetDistance, kernelDistance]
