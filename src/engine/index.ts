/** The tensor compiler: trace, differentiate, write ONNX, run; random streams. */

export { type ErrorKind, exitCodes, ScorefieldError } from '../base/index.ts'
export * from './derivative/index.ts'
export { type GraphCost, graphCost, printGraph, topologicalOrder } from './graph.ts'
export { interpret } from './interpret.ts'
export { singleStepModel } from './onnx/model.ts'
export * from './ops/index.ts'
export { operations } from './ops/registry.ts'
export { type CompileOptions, compile, Program, type StateSnapshot } from './program.ts'
export { nodeCpu, nodeWebgpu } from './runtime/node.ts'
export { type DefaultRuntimeOptions, defaultRuntime } from './runtime/platform.ts'
export { referenceRuntime } from './runtime/reference.ts'
export type { HostArray, Runtime, RuntimeName } from './runtime/runtime.ts'
export { configureWeb, isRuntimeThread, webWasm, webWebgpu } from './runtime/web.ts'
export { type Shape, sizeOf } from './shape.ts'
export { type DType, type Tensor, type TensorType, withLabel } from './tensor.ts'
export {
  type Groups,
  mapNamed,
  type Named,
  type ProgramSpec,
  printProgram,
  programCost,
  traceProgram,
} from './traced.ts'
