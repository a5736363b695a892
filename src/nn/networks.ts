import { byName } from '../base/index.ts'
import type { Network } from './network.ts'
import { residualMlp } from './residual-mlp.ts'

/** Every kind of network. */
export const networks: readonly Network[] = [residualMlp]

/** The network of that name; a record is itself. Throws `usage/unknown-name`. */
export function networkOf(network: string | Network): Network {
  return typeof network === 'string' ? byName(networks, network, 'network') : network
}
