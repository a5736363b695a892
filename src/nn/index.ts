/** Networks: free functions of rows, with the parameters that they ask for. */
export { fourierFeatures } from './fourier-features.ts'
export { type MaskedMlp, type MaskedMlpOptions, maskedMlp } from './masked-mlp.ts'
export type { BuiltNetwork, Network, NetworkShape, NetworkSize } from './network.ts'
export { networkOf, networks } from './networks.ts'
export {
  filled,
  type Initialiser,
  type ParameterSpec,
  parameterCount,
  startingAt,
  startValues,
  weight,
  zeros,
} from './parameter.ts'
export { residualMlp } from './residual-mlp.ts'
