import { type Binary, defineBinary } from './elementwise.ts'

/** Whether x ≥ y, as a boolean tensor. */
export const greaterEqual: Binary = defineBinary({
  name: 'greaterEqual',
  summary: 'whether x ≥ y',
  onnx: 'GreaterOrEqual',
  dtypes: ['float32', 'int32'],
  result: 'bool',
  reference: (x, y) => Number(x >= y),
})
