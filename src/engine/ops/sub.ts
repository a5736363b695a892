import { uniformValue } from './broadcast-to.ts'
import { type Binary, defineBinary } from './elementwise.ts'
import { neg } from './neg.ts'

/** x − y.  dx = g, dy = −g */
export const sub: Binary = defineBinary({
  name: 'sub',
  summary: 'difference',
  onnx: 'Sub',
  dtypes: ['float32', 'int32'],
  reference: (x, y) => x - y,
  derivative: ({ f, g }) => [g, f.neg(g)],
  simplify: (x, y) => {
    if (uniformValue(y) === 0) return x
    return uniformValue(x) === 0 && x.dtype === 'float32' ? neg(y) : undefined
  },
})
