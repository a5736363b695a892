import { defineUnary, type Unary } from './elementwise.ts'

/** tanh x.  dx = g 4 σ(2x) σ(−2x): 1 − y² would cancel in both tails */
export const tanh: Unary = defineUnary({
  name: 'tanh',
  summary: 'hyperbolic tangent',
  onnx: 'Tanh',
  reference: Math.tanh,
  derivative: ({ f, x, g }) => {
    const double = f.mul(2, x)
    return f.mul(g, f.mul(4, f.mul(f.sigmoid(double), f.sigmoid(f.neg(double)))))
  },
  flops: 6,
})
