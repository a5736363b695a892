import { networkOf } from '../nn/index.ts'
import type { Family } from './family.ts'
import { denoiserOf } from './mixed.ts'

/**
 * A free network that is asked for the score at every noise level, in the form of a denoiser: ∇ log p_σ(x) = (D(x; σ) − x)/σ².
 *
 * Sizes: those of the network; `frequencies`, how many waves of each number it sees beside the number itself, 0 for none.
 *
 * Numbers have EDM's preconditioning, words the form of the exact posterior (`mixedDenoiser`).
 */
export const networkDenoiser: Family = {
  name: 'denoiser',
  summary: 'score network of every noise level, in the form of a denoiser',
  source: 'Song & Ermon 2019; Karras, Aittala, Aila, Laine 2022',
  can: ['denoise', 'score'],
  levels: 'each',
  takesConditions: true,
  takesKnownParts: true,
  objective: 'denoising',
  defaultSize: (facts) => ({
    ...networkOf(facts.network).defaultSize(facts),
    // Fine structure takes many rows to be seen; of few, waves fit what is chance. A known density needs none, nor do pictures,
    // whose structure lies between neighbours, not in the numbers.
    frequencies: facts.event.length === 1 && facts.rows >= 10_000 && Number.isFinite(facts.rows) ? 5 : 0,
  }),
  mayBeNone: ['frequencies'],
  build: ({ network, ...facts }) => denoiserOf({ ...facts, network: networkOf(network) }),
}
