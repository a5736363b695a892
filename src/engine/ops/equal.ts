import { type Binary, defineBinary } from './elementwise.ts'

/** Whether x = y, as a boolean tensor. */
export const equal: Binary = defineBinary({
  name: 'equal',
  summary: 'whether x = y',
  onnx: 'Equal',
  dtypes: ['float32', 'int32'],
  result: 'bool',
  reference: (x, y) => Number(x === y),
})
