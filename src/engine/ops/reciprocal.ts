import { defineUnary, type Unary } from './elementwise.ts'

/** 1/x.  dx = −g y² */
export const reciprocal: Unary = defineUnary({
  name: 'reciprocal',
  summary: 'one over x',
  onnx: 'Reciprocal',
  reference: (x) => 1 / x,
  derivative: ({ f, y, g }) => f.neg(f.mul(g, f.mul(y, y))),
  range: [0.4, 3],
})
