import type { LowerContext } from '../operation.ts'
import { defineUnary, type Unary } from './elementwise.ts'

/** σ(x) = 1 / (1 + e⁻ˣ), relatively accurate in both tails.  dx = g σ(x) σ(−x): y (1 − y) would cancel next to 1. */
export const sigmoid: Unary = defineUnary({
  name: 'sigmoid',
  summary: 'logistic function',
  onnx: (c, [x]) => writeSigmoid(c, x!),
  flops: 11,
  reference: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  derivative: ({ f, x, y, g }) => f.mul(g, f.mul(y, f.sigmoid(f.neg(x)))),
})

/** ONNX Runtime's own Sigmoid errs by 1e-7 whatever the value: by 17 % at −15, and so would all derivatives. */
export function writeSigmoid(c: LowerContext, x: string): string {
  const inverse = c.node('Add', [c.node('Exp', [c.node('Neg', [x])]), c.float(1)])
  return c.node('Reciprocal', [inverse])
}
