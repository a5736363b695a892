import { defineOperation, type Operation } from '../operation.ts'
import { intern, type Tensor, type TensorType } from '../tensor.ts'

let nextInput = 0

/** A value that is given when the program runs. */
export const inputOperation: Operation = defineOperation({
  name: 'input',
  summary: 'a value given when the program runs',
  infer: (_inputs, attributes) => attributes as unknown as TensorType,
  lower: (context) => context.graphInput(context.tensor),
  reference: () => {
    throw new Error('input: has no value of its own')
  },
  flops: () => 0,
  samples: [],
})

/** A fresh symbol of the given type; two inputs are never the same tensor. */
export function input(name: string, type: TensorType): Tensor {
  return intern(inputOperation, [], { name, shape: type.shape, dtype: type.dtype }, `input ${nextInput++}`)
}
