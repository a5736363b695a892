import { broadcastTo, uniformValue } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { type Binary, defineBinary } from './elementwise.ts'
import { mul } from './mul.ts'
import { reciprocal } from './reciprocal.ts'
import { sqrt } from './sqrt.ts'

/** x^y for x > 0, or any x where y is a whole number.  dx = g y x^(y−1), dy = g x^y ln x (0 for a constant y) */
export const pow: Binary = defineBinary({
  name: 'pow',
  summary: 'power',
  onnx: 'Pow',
  flops: 10,
  reference: (x, y) => x ** y,
  derivative: ({ f, x, y, z, g }) => {
    const dx = f.mul(g, f.mul(y, f.pow(x, f.sub(y, 1))))
    // The logarithm of a negative base would poison the gradient even where nobody asks for dy.
    return [dx, uniformValue(y) === undefined ? f.mul(g, f.mul(z, f.log(x))) : f.mul(g, 0)]
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
