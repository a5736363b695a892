import { defineOperation, type Operation } from '../operation.ts'
import { type Shape, sameShape, shapeError, showShape, sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { broadcastTo, broadcastToOperation } from './broadcast-to.ts'
import { constant, constantData } from './constant.ts'

/** The same elements in the same order under another shape.  dx = g in x's shape. */
export const reshapeOperation: Operation = defineOperation({
  name: 'reshape',
  summary: 'the same elements under another shape',
  infer: ([x], attributes) => {
    const shape = attributes['shape'] as Shape
    if (sizeOf(x!.shape) !== sizeOf(shape))
      throw shapeError(
        `reshape: ${showShape(x!.shape)} has ${sizeOf(x!.shape)} elements, ${showShape(shape)} has ${sizeOf(shape)}.`,
      )
    return { shape, dtype: x!.dtype }
  },
  derivative: ({ f, inputs: [x], cotangent }) => [f.reshape(cotangent, x!.shape)],
  lower: (c) => c.reshape(c.input(0), c.tensor.shape),
  reference: ([x]) => x!.data,
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [2, 6] }], attributes: { shape: [3, 4] } },
    { inputs: [{ shape: [6] }], attributes: { shape: [2, 1, 3] } },
  ],
})

/** x under another shape; −1 stands for whatever extent is left. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.filter((extent) => extent !== -1)
  if (known.length < shape.length - 1 || (known.length < shape.length && sizeOf(known) === 0))
    throw shapeError(`reshape: of ${showShape(shape)} for ${showShape(x.shape)}, −1 could be anything.`)
  const rest = sizeOf(x.shape) / sizeOf(known)
  const full = shape.map((extent) => (extent === -1 ? rest : extent))
  if (sameShape(x.shape, full)) return x
  if (x.operation === reshapeOperation) return reshape(x.inputs[0]!, full)
  const data = constantData(x)
  if (data && data.length === sizeOf(full)) return constant({ shape: full, data }, { dtype: x.dtype })
  if (x.operation === broadcastToOperation && sizeOf(x.inputs[0]!.shape) === 1) {
    // One number everywhere: its shape does not matter.
    const single = reshape(
      x.inputs[0]!,
      full.map(() => 1),
    )
    return broadcastTo(single, full)
  }
  return intern(reshapeOperation, [x], { shape: full })
}

/** x with an axis of extent 1 put in before `axis`. */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = axis < 0 ? x.shape.length + 1 + axis : axis
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])
}
