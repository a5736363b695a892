import { defineUnary, type Unary } from './elementwise.ts'

/** tanh x.  dx = g (1 − y²) */
export const tanh: Unary = defineUnary({
  name: 'tanh',
  summary: 'hyperbolic tangent',
  onnx: 'Tanh',
  reference: Math.tanh,
  derivative: ({ f, y, g }) => f.mul(g, f.sub(1, f.mul(y, y))),
  flops: 6,
})
