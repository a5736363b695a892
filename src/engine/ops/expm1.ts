import type { LowerContext } from '../operation.ts'
import { defineUnary, type Unary } from './elementwise.ts'

/** eˣ − 1 without cancellation near 0.  dx = g eˣ: y + 1 would be 0 in the left tail */
export const expm1: Unary = defineUnary({
  name: 'expm1',
  summary: 'exponential minus one, accurate near 0',
  flops: 16,
  onnx: (c, [x]) => writeExpm1(c, x!),
  reference: Math.expm1,
  derivative: ({ f, x, g }) => f.mul(g, f.exp(x)),
})

/** eˣ − 1 = tanh(x/2) (eˣ + 1): no difference of near-equal numbers is taken. */
export function writeExpm1(c: LowerContext, x: string): string {
  const half = c.node('Tanh', [c.node('Mul', [x, c.float(0.5)])])
  return c.node('Mul', [half, c.node('Add', [c.node('Exp', [x]), c.float(1)])])
}
