import { energy } from './energy.ts'
import type { Family } from './family.ts'
import { networkDenoiser } from './network-denoiser.ts'
import { noiseConditionalEnergy } from './noise-conditional-energy.ts'
import { scoreNetwork } from './score-network.ts'

/** Every family of models; the first is taken where none is named. */
export const families: readonly Family[] = [networkDenoiser, scoreNetwork, energy, noiseConditionalEnergy]
