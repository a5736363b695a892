export { annealedLangevin } from './annealed-langevin.ts'
export type { ChainMethod } from './define-chain.ts'
