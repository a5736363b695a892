import { broadcastTo, uniformValue } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { type Binary, defineBinary } from './elementwise.ts'
import { mul } from './mul.ts'
import { reciprocal } from './reciprocal.ts'
import { sqrt } from './sqrt.ts'

/**
 * x^y for x > 0, or any x where y is a whole number.  dx = g y x^(y−1), dy = g x^y ln x (0 for a constant y)
 *
 * At x = 0: dx is 0 where y = 0, since x⁰ is 1 everywhere, and ∞ for 0 < y < 1; dy is 0 for y ≥ 0, the limit from y > 0.
 */
export const pow: Binary = defineBinary({
  name: 'pow',
  summary: 'power',
  onnx: 'Pow',
  flops: 10,
  // IEEE 754, and with it every runtime, says 1 to the power of anything is 1; JavaScript alone says NaN for NaN and ∞.
  reference: (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y),
  derivative: ({ f, x, y, z, g }) => {
    // The logarithm of a negative base would poison the gradient even where nobody asks for dy.
    if (uniformValue(y) !== undefined) return [f.mul(g, f.mul(y, f.pow(x, f.sub(y, 1)))), f.mul(g, 0)]
    // 0 · 0⁻¹ and 0 · ln 0 would be NaN; each factor is made safe where the other is 0.
    const lower = f.where(f.equal(y, 0), 0, f.sub(y, 1))
    const base = f.where(f.and(f.equal(x, 0), f.greaterEqual(y, 0)), 1, x)
    return [f.mul(g, f.mul(y, f.pow(x, lower))), f.mul(g, f.mul(z, f.log(base)))]
  },
  simplify: (x, y) => {
    const exponent = uniformValue(y)
    if (exponent === 0) return broadcastTo(constant(1), x.shape)
    if (exponent === 1) return x
    if (exponent === 2) return mul(x, x)
    if (exponent === 3) return mul(mul(x, x), x)
    if (exponent === 0.5) return sqrt(x)
    return exponent === -1 ? reciprocal(x) : undefined
  },
  ranges: [
    [0.3, 3],
    [-2, 3],
  ],
})
