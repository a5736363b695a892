/** Networks: free functions of rows, with the parameters that they ask for. */
export {
  type BuiltNetwork,
  type Network,
  type NetworkShape,
  type NetworkSize,
  type ParameterSpec,
  parameterCount,
  startValues,
  weight,
  zeros,
} from './network.ts'
export { networks } from './networks.ts'
export { residualMlp } from './residual-mlp.ts'
