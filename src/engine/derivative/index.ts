export { jacobianTrace, jacobianTraceEstimate } from './jacobian.ts'
export { hessianVectorProduct, jvp } from './jvp.ts'
export { grad, vjp } from './vjp.ts'
