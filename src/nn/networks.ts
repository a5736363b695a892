import { byName } from '../base/index.ts'
import type { Shape } from '../engine/index.ts'
import type { Network } from './network.ts'
import { residualMlp } from './residual-mlp.ts'
import { transformer } from './transformer.ts'
import { uNet } from './u-net.ts'

/** Every kind of network; the first that takes a point is its usual one. */
export const networks: readonly Network[] = [uNet, transformer, residualMlp]

/** The network of that name; a record is itself. Throws `usage/unknown-name`. */
export function networkOf(network: string | Network): Network {
  return typeof network === 'string' ? byName(networks, network, 'network') : network
}

/** The usual network for points of this shape. */
export function usualNetwork(event: Shape): Network {
  return networks.find((network) => network.takes(event))!
}
