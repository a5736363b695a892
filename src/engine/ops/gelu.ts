import { defineUnary, type Unary } from './elementwise.ts'
import { erfFloat64 } from './erf.ts'

/** x Φ(x), Φ the normal distribution function.  dx = g (Φ(x) + x φ(x)).  Hendrycks & Gimpel 2016 */
export const gelu: Unary = defineUnary({
  name: 'gelu',
  summary: 'x times the normal distribution function of x',
  flops: 16,
  onnx: (c, [x]) => {
    const twice = c.node('Add', [c.node('Erf', [c.node('Mul', [x!, c.float(Math.SQRT1_2)])]), c.float(1)])
    return c.node('Mul', [c.node('Mul', [x!, c.float(0.5)]), twice])
  },
  reference: (x) => 0.5 * x * (1 + erfFloat64(x * Math.SQRT1_2)),
  derivative: ({ f, x, g }) => {
    const distribution = f.mul(0.5, f.add(f.erf(f.mul(x, Math.SQRT1_2)), 1))
    const density = f.mul(1 / Math.sqrt(2 * Math.PI), f.exp(f.mul(-0.5, f.mul(x, x))))
    return f.mul(g, f.add(distribution, f.mul(x, density)))
  },
})
