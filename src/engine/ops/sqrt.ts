import { defineUnary, type Unary } from './elementwise.ts'

/**
 * √x, x ≥ 0.  dx = g / (2y), which is ∞ at 0, and NaN where g is 0 too.
 *
 * The length of a vector is `norm`, whose derivative at 0 is 0.
 */
export const sqrt: Unary = defineUnary({
  name: 'sqrt',
  summary: 'square root',
  onnx: 'Sqrt',
  reference: Math.sqrt,
  derivative: ({ f, y, g }) => f.div(f.mul(g, 0.5), y),
  flops: 2,
  range: [0.05, 4],
})
