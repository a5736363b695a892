import { defineOperation, type Operation } from '../operation.ts'
import { type Shape, shapeError, showShape, sizeOf } from '../shape.ts'
import { type Attributes, type DType, intern, showNumber, type Tensor } from '../tensor.ts'

interface ConstantAttributes extends Record<string, unknown> {
  readonly shape: Shape
  readonly dtype: DType
  readonly data: Float64Array
}

/** Expressions of constants are worked out while tracing up to this many elements. */
const foldedElements = 4096

/** An array known while tracing. */
export const constantOperation: Operation = defineOperation({
  name: 'constant',
  summary: 'an array known while tracing',
  infer: (_inputs, attributes) => attributes as ConstantAttributes,
  lower: (context) =>
    context.initializer(context.tensor, (context.tensor.attributes as ConstantAttributes).data),
  reference: (_inputs, attributes) => (attributes as ConstantAttributes).data,
  flops: () => 0,
  samples: [],
})

/** A number, or an array of given shape (copied), as a tensor. Equal constants are one tensor. */
export function constant(
  value: number | { shape: Shape; data: ArrayLike<number> },
  options: { dtype?: DType } = {},
): Tensor {
  const dtype = options.dtype ?? 'float32'
  const shape = typeof value === 'number' ? [] : [...value.shape]
  const data = Float64Array.from(typeof value === 'number' ? [value] : value.data)
  if (data.length !== sizeOf(shape))
    throw shapeError(`constant: ${data.length} values do not fill the shape ${showShape(shape)}.`)
  // Large arrays are told apart by a hash; should two ever share one, the next number after it is free.
  const content = data.length <= 64 ? Array.from(data, showNumber).join(',') : `#${hash(data)}`
  for (let attempt = 0; ; attempt++) {
    const key = `${dtype}${showShape(shape)}${content}+${attempt}`
    const tensor = intern(constantOperation, [], { shape, dtype, data }, key)
    if (sameNumbers(constantData(tensor)!, data)) return tensor
  }
}

/** The values of a constant tensor, or undefined. */
export function constantData(x: Tensor): Float64Array | undefined {
  return x.operation === constantOperation ? (x.attributes as ConstantAttributes).data : undefined
}

/** The tensor of this operation; of small constants, its value. */
export function make(operation: Operation, inputs: readonly Tensor[], attributes: Attributes): Tensor {
  const tensor = intern(operation, inputs, attributes)
  if (sizeOf(tensor.shape) > foldedElements) return tensor
  const arrays = inputs.flatMap((x) => {
    const data = constantData(x)
    return data && data.length <= foldedElements ? [{ shape: x.shape, data }] : []
  })
  if (arrays.length < inputs.length || inputs.length === 0) return tensor
  const data = operation.reference(arrays, attributes, tensor)
  return constant({ shape: tensor.shape, data }, { dtype: tensor.dtype })
}

/** FNV-1a over the bytes (Fowler, Noll, Vo 1991). */
function hash(data: Float64Array): number {
  let state = 0x811c9dc5
  for (const byte of new Uint8Array(data.buffer)) state = Math.imul(state ^ byte, 0x01000193)
  return state >>> 0
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}
