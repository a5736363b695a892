import { defineUnary, type Unary } from './elementwise.ts'

/** ln x, x > 0.  dx = g / x */
export const log: Unary = defineUnary({
  name: 'log',
  summary: 'natural logarithm',
  onnx: 'Log',
  reference: Math.log,
  derivative: ({ f, x, g }) => f.div(g, x),
  flops: 8,
  range: [0.05, 4],
})
