import { defineUnary, type Unary } from './elementwise.ts'

/** eˣ.  dx = g y */
export const exp: Unary = defineUnary({
  name: 'exp',
  summary: 'exponential',
  onnx: 'Exp',
  reference: Math.exp,
  derivative: ({ f, y, g }) => f.mul(g, y),
  flops: 8,
})
