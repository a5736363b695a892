import { defineOperation, type Operation } from '../operation.ts'
import type { DType, Tensor } from '../tensor.ts'
import { make } from './constant.ts'

const onnxTypes: Readonly<Record<DType, number>> = { float32: 1, int32: 6, bool: 9 }

/** x in another element type; float to int32 truncates toward 0, to bool asks "not 0". Its derivative is 0. */
export const castOperation: Operation = defineOperation({
  name: 'cast',
  summary: 'x in another element type',
  infer: ([x], attributes) => ({ shape: x!.shape, dtype: attributes['dtype'] as DType }),
  derivative: () => [null],
  lower: (c) => c.node('Cast', [c.input(0)], { to: onnxTypes[c.tensor.dtype] }),
  reference: ([x], _attributes, output) =>
    x!.data.map((value) =>
      output.dtype === 'bool' ? Number(value !== 0) : output.dtype === 'int32' ? Math.trunc(value) : value,
    ),
  elementwise: true,
  samples: [
    { inputs: [{ shape: [2, 3], dtype: 'int32', range: [-3, 3] }], attributes: { dtype: 'float32' } },
    { inputs: [{ shape: [2, 3], dtype: 'bool', range: [0, 1] }], attributes: { dtype: 'float32' } },
    { inputs: [{ shape: [2, 3] }], attributes: { dtype: 'int32' } },
  ],
})

/** x in another element type. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : make(castOperation, [x], { dtype })
}
