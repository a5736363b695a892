import { edm } from './edm.ts'
import { flowMatching } from './flow-matching.ts'
import { likelihood } from './likelihood.ts'
import { minSnr } from './min-snr.ts'
import type { Objective } from './objective.ts'
import { sigmaSquared } from './sigma-squared.ts'

/** Everything that training can minimise; the first is taken where none is named. */
export const objectives: readonly Objective[] = [edm, likelihood, sigmaSquared, minSnr, flowMatching]
