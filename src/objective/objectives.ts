import { denoising } from './denoising.ts'
import type { Objective } from './objective.ts'

/** Everything that training can make small; the first is taken where none is named. */
export const objectives: readonly Objective[] = [denoising as Objective]
