import { defineUnary, type Unary } from './elementwise.ts'

/** Whether a boolean does not hold. */
export const not: Unary = defineUnary({
  name: 'not',
  summary: 'whether a boolean does not hold',
  onnx: 'Not',
  dtype: 'bool',
  range: [0, 1],
  reference: (x) => Number(x === 0),
})
