import { autoregressive } from './autoregressive.ts'
import { energy } from './energy.ts'
import type { Family } from './family.ts'
import { generativeAdversarial } from './generative-adversarial.ts'
import { maskedFlow } from './masked-flow.ts'
import { networkDenoiser } from './network-denoiser.ts'
import { nice } from './nice.ts'
import { noiseConditionalEnergy } from './noise-conditional-energy.ts'
import { realNvp } from './real-nvp.ts'
import { scoreNetwork } from './score-network.ts'
import { splineFlow } from './spline-flow.ts'
import { variationalAutoencoder } from './variational-autoencoder.ts'

/** Every family of models; the first is taken where none is named. */
export const families: readonly Family[] = [
  networkDenoiser,
  scoreNetwork,
  energy,
  noiseConditionalEnergy,
  nice,
  realNvp,
  splineFlow,
  autoregressive,
  maskedFlow,
  variationalAutoencoder,
  generativeAdversarial,
]
