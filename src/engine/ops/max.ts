import { type Binary, defineBinary } from './elementwise.ts'

/** max(x, y).  Where equal the derivative goes to x. */
export const max: Binary = defineBinary({
  name: 'max',
  summary: 'larger of two',
  onnx: 'Max',
  dtypes: ['float32'],
  commutative: false,
  reference: Math.max,
  derivative: ({ f, x, y, g }) => {
    const first = f.greaterEqual(x, y)
    const zero = f.mul(g, 0)
    return [f.where(first, g, zero), f.where(first, zero, g)]
  },
})
