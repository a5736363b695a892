import { uniformValue } from './broadcast-to.ts'
import { type Binary, defineBinary } from './elementwise.ts'
import { mul } from './mul.ts'
import { neg } from './neg.ts'
import { sub } from './sub.ts'

/** x + y.  dx = g, dy = g */
export const add: Binary = defineBinary({
  name: 'add',
  summary: 'sum',
  onnx: 'Add',
  dtypes: ['float32', 'int32'],
  commutative: true,
  reference: (x, y) => x + y,
  derivative: ({ g }) => [g, g],
  simplify: (x, y) => {
    if (uniformValue(x) === 0) return y
    if (uniformValue(y) === 0) return x
    if (x === y) return mul(2, x)
    if (y.operation === neg.operation) return sub(x, y.inputs[0]!)
    return x.operation === neg.operation ? sub(y, x.inputs[0]!) : undefined
  },
})
