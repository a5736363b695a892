import { defineUnary, type Unary } from './elementwise.ts'

/** √x, x ≥ 0.  dx = g / (2y) */
export const sqrt: Unary = defineUnary({
  name: 'sqrt',
  summary: 'square root',
  onnx: 'Sqrt',
  reference: Math.sqrt,
  derivative: ({ f, y, g }) => f.div(f.mul(g, 0.5), y),
  flops: 2,
  range: [0.05, 4],
})
