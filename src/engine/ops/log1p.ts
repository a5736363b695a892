import type { LowerContext } from '../operation.ts'
import { defineUnary, type Unary } from './elementwise.ts'

/** The largest finite float32. */
export const largestFloat = 3.4028234663852886e38

/** ln(1 + x) without cancellation near 0, x > −1.  dx = g / (1 + x) */
export const log1p: Unary = defineUnary({
  name: 'log1p',
  summary: 'logarithm of one plus x, accurate near 0',
  flops: 16,
  // The correction is taken within finite bounds, so that −1 and ∞ give −∞ and ∞ and not NaN.
  onnx: (c, [x]) => {
    const inside = c.node('Clip', [x!, c.float(-0.99999994), c.float(largestFloat)])
    const ends = c.node('Log', [c.node('Add', [x!, c.float(1)])])
    return c.node('Sub', [ends, writeLost(c, inside, c.node('Add', [inside, c.float(1)]))])
  },
  reference: Math.log1p,
  derivative: ({ f, x, g }) => f.div(g, f.add(x, 1)),
  range: [-0.9, 3],
})

/**
 * ln(1 + x) for 0 ≤ x ≤ 1: ln u − ((u − 1) − x)/u with u = 1 + x rounded; the second term takes back the rounding of u.
 * Higham 2002, Accuracy and Stability of Numerical Algorithms, section 1.14.1.
 */
export function writeLog1p(c: LowerContext, x: string): string {
  const u = c.node('Add', [x, c.float(1)])
  return c.node('Sub', [c.node('Log', [u]), writeLost(c, x, u)])
}

function writeLost(c: LowerContext, x: string, u: string): string {
  return c.node('Div', [c.node('Sub', [c.node('Sub', [u, c.float(1)]), x]), u])
}
