import { defineOperation, type Operation } from '../operation.ts'
import { type Shape, shapeError, showShape, sizeOf } from '../shape.ts'
import { type DType, intern, type Tensor } from '../tensor.ts'

interface ConstantAttributes extends Record<string, unknown> {
  readonly shape: Shape
  readonly dtype: DType
  readonly data: Float64Array
}

const dataIds = new WeakMap<Float64Array, number>()
let nextDataId = 0

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

/**
 * A number, or an array of given shape, as a tensor.
 *
 * Equal small constants (up to 64 elements) are one tensor; larger ones are told apart by the identity of `data`.
 */
export function constant(
  value: number | { shape: Shape; data: ArrayLike<number> },
  options: { dtype?: DType } = {},
): Tensor {
  const dtype = options.dtype ?? 'float32'
  const shape = typeof value === 'number' ? [] : value.shape
  const source = typeof value === 'number' ? [value] : value.data
  if (source.length !== sizeOf(shape))
    throw shapeError(`constant: ${source.length} values do not fill the shape ${showShape(shape)}.`)
  const data = source instanceof Float64Array ? source : Float64Array.from(source)
  let content: string
  if (data.length <= 64) content = Array.from(data, (v) => (Object.is(v, -0) ? '-0' : String(v))).join(',')
  else {
    if (!dataIds.has(data)) dataIds.set(data, nextDataId++)
    content = `#${dataIds.get(data)}`
  }
  return intern(constantOperation, [], { shape, dtype, data }, `${dtype}${showShape(shape)}${content}`)
}

/** The values of a constant tensor, or undefined. */
export function constantData(x: Tensor): Float64Array | undefined {
  return x.operation === constantOperation ? (x.attributes as ConstantAttributes).data : undefined
}
