import { defineUnary, type Unary } from './elementwise.ts'

/** ⌊x⌋; its derivative is 0. */
export const floor: Unary = defineUnary({
  name: 'floor',
  summary: 'round down',
  onnx: 'Floor',
  reference: Math.floor,
})
