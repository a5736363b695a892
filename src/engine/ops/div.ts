import { uniformValue } from './broadcast-to.ts'
import { type Binary, defineBinary } from './elementwise.ts'

/** x / y.  dx = g / y, dy = −g (x/y) / y */
export const div: Binary = defineBinary({
  name: 'div',
  summary: 'quotient',
  onnx: 'Div',
  reference: (x, y) => x / y,
  derivative: ({ f, y, z, g }) => {
    const dx = f.div(g, y)
    return [dx, f.neg(f.mul(dx, z))]
  },
  simplify: (x, y) => (uniformValue(y) === 1 || uniformValue(x) === 0 ? x : undefined),
  ranges: [
    [-2, 2],
    [0.5, 3],
  ],
})
