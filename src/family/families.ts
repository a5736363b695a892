import type { Family } from './family.ts'
import { networkDenoiser } from './network-denoiser.ts'

/** Every family of models; the first is taken where none is named. */
export const families: readonly Family[] = [networkDenoiser]
