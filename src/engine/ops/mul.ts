import type { Tensor } from '../tensor.ts'
import { broadcastTo, uniformValue } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { type Binary, defineBinary } from './elementwise.ts'
import { neg } from './neg.ts'

/** x · y.  dx = g y, dy = g x */
export const mul: Binary = defineBinary({
  name: 'mul',
  summary: 'product',
  onnx: 'Mul',
  dtypes: ['float32', 'int32'],
  commutative: true,
  reference: (x, y) => x * y,
  derivative: ({ f, x, y, g }) => [f.mul(g, y), f.mul(g, x)],
  simplify: (x, y) => byNumber(x, y) ?? byNumber(y, x) ?? signOutside(x, y),
})

/** The smallest and largest size that a factor may get: float32's normal numbers. */
const [smallest, largest] = [1.2e-38, 3.4e38]

/** number · y, where x is that number everywhere: 0, 1, −1, and products with numbers gathered into one. */
function byNumber(x: Tensor, y: Tensor): Tensor | undefined {
  const value = uniformValue(x)
  if (value === undefined) return undefined
  if (value === 0) return x
  if (value === 1) return y
  if (y.dtype !== 'float32') return undefined
  if (value === -1) return neg(y)
  if (y.operation === neg.operation) return mul(-value, y.inputs[0]!)
  if (y.operation !== mul.operation) return undefined
  for (const [factor, rest] of [y.inputs, [...y.inputs].reverse()] as Tensor[][]) {
    const inner = uniformValue(factor!)
    // Gathered in float64; what float32 could not hold stays two factors.
    const size = inner === undefined ? 0 : Math.abs(value * inner)
    if (size > smallest && size < largest) return mul(broadcastTo(constant(value * inner!), y.shape), rest!)
  }
  return undefined
}

/** (−x) y = −(x y): a sign that moves outwards often meets a sum, where it costs nothing. */
function signOutside(x: Tensor, y: Tensor): Tensor | undefined {
  if (x.operation === neg.operation) return neg(mul(x.inputs[0]!, y))
  return y.operation === neg.operation ? neg(mul(x, y.inputs[0]!)) : undefined
}
