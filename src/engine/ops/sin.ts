import { defineUnary, type Unary } from './elementwise.ts'

/** sin x.  dx = g cos x */
export const sin: Unary = defineUnary({
  name: 'sin',
  summary: 'sine',
  onnx: 'Sin',
  reference: Math.sin,
  derivative: ({ f, x, g }) => f.mul(g, f.cos(x)),
  flops: 8,
})
