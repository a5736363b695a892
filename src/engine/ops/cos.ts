import { defineUnary, type Unary } from './elementwise.ts'

/** cos x.  dx = −g sin x */
export const cos: Unary = defineUnary({
  name: 'cos',
  summary: 'cosine',
  onnx: 'Cos',
  reference: Math.cos,
  derivative: ({ f, x, g }) => f.neg(f.mul(g, f.sin(x))),
  flops: 8,
})
