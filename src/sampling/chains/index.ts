export { annealedLangevin } from './annealed-langevin.ts'
export { hmc } from './hmc.ts'
export { langevin } from './langevin.ts'
export { mala } from './mala.ts'
