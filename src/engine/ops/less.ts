import { type Binary, defineBinary } from './elementwise.ts'

/** Whether x < y, as a boolean tensor. */
export const less: Binary = defineBinary({
  name: 'less',
  summary: 'whether x < y',
  onnx: 'Less',
  dtypes: ['float32', 'int32'],
  result: 'bool',
  reference: (x, y) => Number(x < y),
})
