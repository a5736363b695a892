import type { Baseline } from './baseline.ts'
import { gaussianBaseline } from './gaussian.ts'
import { gaussianCopulaBaseline } from './gaussian-copula.ts'
import { gaussianMixtureBaseline } from './gaussian-mixture.ts'

/** Densities that a generator should beat, from the simplest on. */
export const baselines: readonly Baseline[] = [
  gaussianBaseline,
  gaussianCopulaBaseline,
  gaussianMixtureBaseline,
]
