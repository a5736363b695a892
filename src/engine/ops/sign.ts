import { defineUnary, type Unary } from './elementwise.ts'

/** sign x; its derivative is 0. */
export const sign: Unary = defineUnary({
  name: 'sign',
  summary: 'sign: −1, 0 or 1',
  onnx: 'Sign',
  reference: Math.sign,
})
