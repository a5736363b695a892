import { type Binary, defineBinary } from './elementwise.ts'

/** Whether at least one of two booleans hold. */
export const or: Binary = defineBinary({
  name: 'or',
  summary: 'whether at least one of two hold',
  onnx: 'Or',
  dtypes: ['bool'],
  ranges: [
    [0, 1],
    [0, 1],
  ],
  reference: (x, y) => Number(x !== 0 || y !== 0),
})
