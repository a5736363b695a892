import { uniformValue } from './broadcast-to.ts'
import { type Binary, defineBinary } from './elementwise.ts'

/** x + y.  dx = g, dy = g */
export const add: Binary = defineBinary({
  name: 'add',
  summary: 'sum',
  onnx: 'Add',
  dtypes: ['float32', 'int32'],
  commutative: true,
  reference: (x, y) => x + y,
  derivative: ({ g }) => [g, g],
  simplify: (x, y) => (uniformValue(x) === 0 ? y : uniformValue(y) === 0 ? x : undefined),
})
