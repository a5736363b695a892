import { defineUnary, type Unary } from './elementwise.ts'

/**
 * σ(x) = 1 / (1 + e⁻ˣ).  dx = g y (1 − y)
 *
 * Accurate to 1e-7 next to 1, not relatively in the left tail: ln σ(x) is −softplus(−x).
 */
export const sigmoid: Unary = defineUnary({
  name: 'sigmoid',
  summary: 'logistic function',
  onnx: 'Sigmoid',
  flops: 6,
  reference: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  derivative: ({ f, y, g }) => f.mul(g, f.sub(y, f.mul(y, y))),
})
