import { type Binary, defineBinary } from './elementwise.ts'

/** min(x, y).  Where equal the derivative goes to x. */
export const min: Binary = defineBinary({
  name: 'min',
  summary: 'smaller of two',
  onnx: 'Min',
  dtypes: ['float32'],
  commutative: false,
  reference: Math.min,
  derivative: ({ f, x, y, g }) => {
    const first = f.lessEqual(x, y)
    const zero = f.mul(g, 0)
    return [f.where(first, g, zero), f.where(first, zero, g)]
  },
})
