export { hessianVectorProduct, jvp } from './jvp.ts'
export {
  hessianTrace,
  jacobianTrace,
  jacobianTraceEstimate,
  type TraceOptions,
  type TraceWay,
} from './trace.ts'
export { grad, vjp } from './vjp.ts'
