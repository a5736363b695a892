import { type Binary, defineBinary } from './elementwise.ts'

/** Whether x > y, as a boolean tensor. */
export const greater: Binary = defineBinary({
  name: 'greater',
  summary: 'whether x > y',
  onnx: 'Greater',
  dtypes: ['float32', 'int32'],
  result: 'bool',
  reference: (x, y) => Number(x > y),
})
