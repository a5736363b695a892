import type { Network } from './network.ts'
import { residualMlp } from './residual-mlp.ts'

/** Every kind of network. */
export const networks: readonly Network[] = [residualMlp]
