import { type Binary, defineBinary } from './elementwise.ts'

/** Whether both of two booleans hold. */
export const and: Binary = defineBinary({
  name: 'and',
  summary: 'whether both of two hold',
  onnx: 'And',
  dtypes: ['bool'],
  ranges: [
    [0, 1],
    [0, 1],
  ],
  reference: (x, y) => Number(x !== 0 && y !== 0),
})
