import { categoryEncodings } from './category-encodings.ts'
import { compiling } from './compile.ts'
import { conditions } from './conditions.ts'
import { convolution } from './convolution.ts'
import { densities } from './densities.ts'
import { dequantisation } from './dequantisation.ts'
import { eightGaussians } from './eight-gaussians.ts'
import { familySteps } from './family-steps.ts'
import { fewSteps } from './few-steps.ts'
import { gradientNoiseBench } from './gradient-noise.ts'
import { guidesBench } from './guides.ts'
import type { Bench } from './harness.ts'
import { imputeBench } from './impute.ts'
import { imputeIntervalsBench } from './impute-intervals.ts'
import { judges } from './judges.ts'
import { knownMixture } from './known-mixture.ts'
import { largeTable } from './large-table.ts'
import { likelihood } from './likelihood.ts'
import { noise } from './noise.ts'
import { partitionFunction } from './partition-function.ts'
import { privacy } from './privacy.ts'
import { publishedTables } from './published-tables.ts'
import { restoreBench } from './restore.ts'
import { samplersBench } from './samplers.ts'
import { sampling } from './sampling.ts'
import { scoreMatching } from './score-matching.ts'
import { slicedBench } from './sliced.ts'
import { tableQuality } from './table-quality.ts'
import { tableRun } from './table-run.ts'
import { tableThroughput } from './table-throughput.ts'
import { trainingStep } from './training-step.ts'

/** Every measurement, in the order it runs. */
export const benches: readonly Bench[] = [
  trainingStep,
  scoreMatching,
  slicedBench,
  gradientNoiseBench,
  familySteps,
  convolution,
  noise,
  compiling,
  sampling,
  samplersBench,
  fewSteps,
  likelihood,
  dequantisation,
  guidesBench,
  partitionFunction,
  imputeBench,
  restoreBench,
  imputeIntervalsBench,
  eightGaussians,
  densities,
  knownMixture,
  conditions,
  tableRun,
  tableThroughput,
  largeTable,
  privacy,
  tableQuality,
  publishedTables,
  judges,
  categoryEncodings,
]
