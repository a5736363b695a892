import { defineUnary, type Unary } from './elementwise.ts'

/** arctan x.  dx = g / (1 + x²) */
export const atan: Unary = defineUnary({
  name: 'atan',
  summary: 'arc tangent',
  onnx: 'Atan',
  reference: Math.atan,
  derivative: ({ f, x, g }) => f.div(g, f.add(f.mul(x, x), 1)),
  flops: 12,
})
