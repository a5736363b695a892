/** Networks: free functions of points, with the parameters that they ask for. */
export { linear } from './embedding.ts'
export { fourierFeatures } from './fourier-features.ts'
export { type MaskedMlp, type MaskedMlpOptions, maskedMlp } from './masked-mlp.ts'
export type { BuiltNetwork, Network, NetworkShape, NetworkSize } from './network.ts'
export { networkOf, networks, usualNetwork } from './networks.ts'
export {
  filled,
  filter,
  type Initialiser,
  type ParameterSpec,
  parameterCount,
  startingAt,
  startValues,
  weight,
  zeros,
} from './parameter.ts'
export { grownTo, hasPlaces, patched, patchFor, perChannel, roundedUp } from './places.ts'
export { valuesUnder, withPrefixes } from './prefixes.ts'
export { residualMlp } from './residual-mlp.ts'
export { transformer } from './transformer.ts'
export { uNet } from './u-net.ts'
