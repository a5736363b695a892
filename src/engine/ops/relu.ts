import { defineUnary, type Unary } from './elementwise.ts'

/** max(x, 0), NaN where x is NaN.  dx = g where x > 0, else 0.  Nair & Hinton 2010 */
export const relu: Unary = defineUnary({
  name: 'relu',
  summary: 'x where it is positive, else 0',
  onnx: 'Relu',
  reference: (x) => Math.max(x, 0),
  derivative: ({ f, x, g }) => f.where(f.greater(x, 0), g, 0),
})
