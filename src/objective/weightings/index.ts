import { edm } from './edm.ts'
import { edmPictures } from './edm-pictures.ts'
import { flowMatching } from './flow-matching.ts'
import { likelihood } from './likelihood.ts'
import { minSnr } from './min-snr.ts'
import { sigmaSquared } from './sigma-squared.ts'
import type { Weighting } from './weighting.ts'
import { wide } from './wide.ts'

export { edm } from './edm.ts'
export { edmPictures } from './edm-pictures.ts'
export { defineWeighting, type NoiseRange, type Weighting } from './weighting.ts'

/** Every way to draw noise levels and to weigh the errors there; the first is taken where none is named. */
export const weightings: readonly Weighting[] = [
  edm,
  edmPictures,
  likelihood,
  sigmaSquared,
  minSnr,
  flowMatching,
  wide,
]
