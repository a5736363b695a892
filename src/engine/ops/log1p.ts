import type { LowerContext } from '../onnx/lower.ts'
import { defineUnary, type Unary } from './elementwise.ts'

/** ln(1 + x) without cancellation near 0, x > −1.  dx = g / (1 + x) */
export const log1p: Unary = defineUnary({
  name: 'log1p',
  summary: 'logarithm of one plus x, accurate near 0',
  flops: 14,
  onnx: (c, [x]) => writeLog1p(c, x!),
  reference: Math.log1p,
  derivative: ({ f, x, g }) => f.div(g, f.add(x, 1)),
  range: [-0.9, 3],
})

/**
 * ln u − ((u − 1) − x)/u with u = 1 + x rounded: the second term takes back the rounding of u.
 * Higham 2002, Accuracy and Stability of Numerical Algorithms, section 1.14.1.
 */
export function writeLog1p(c: LowerContext, x: string): string {
  const u = c.node('Add', [x, c.float(1)])
  const lost = c.node('Sub', [c.node('Sub', [u, c.float(1)]), x])
  return c.node('Sub', [c.node('Log', [u]), c.node('Div', [lost, u])])
}
