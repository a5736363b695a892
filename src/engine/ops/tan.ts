import { defineUnary, type Unary } from './elementwise.ts'

/** tan x.  dx = g (1 + y²) */
export const tan: Unary = defineUnary({
  name: 'tan',
  summary: 'tangent',
  onnx: 'Tan',
  reference: Math.tan,
  derivative: ({ f, y, g }) => f.mul(g, f.add(f.mul(y, y), 1)),
  flops: 12,
  range: [-1.2, 1.2],
})
