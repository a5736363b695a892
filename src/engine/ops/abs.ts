import { defineUnary, type Unary } from './elementwise.ts'

/** |x|.  dx = g sign x, 0 at 0 */
export const abs: Unary = defineUnary({
  name: 'abs',
  summary: 'absolute value',
  onnx: 'Abs',
  reference: Math.abs,
  derivative: ({ f, x, g }) => f.mul(g, f.sign(x)),
})
