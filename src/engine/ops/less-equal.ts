import { type Binary, defineBinary } from './elementwise.ts'

/** Whether x ≤ y, as a boolean tensor. */
export const lessEqual: Binary = defineBinary({
  name: 'lessEqual',
  summary: 'whether x ≤ y',
  onnx: 'LessOrEqual',
  dtypes: ['float32', 'int32'],
  result: 'bool',
  reference: (x, y) => Number(x <= y),
})
