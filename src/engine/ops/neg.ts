import { defineUnary, type Unary } from './elementwise.ts'

/** −x.  dx = −g */
export const neg: Unary = defineUnary({
  name: 'neg',
  summary: 'negative',
  onnx: 'Neg',
  reference: (x) => -x,
  derivative: ({ f, g }) => f.neg(g),
  simplify: (x) => (x.operation === neg.operation ? x.inputs[0] : undefined),
})
