import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, shapeError, showShape, sizeOf, stridesOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { broadcastTo, broadcastToOperation } from './broadcast-to.ts'
import { make } from './constant.ts'

interface SliceAttributes extends Record<string, unknown> {
  readonly axis: number
  readonly start: number
  readonly end: number
}

/** x[…, start:end, …] along one axis.  dx = g with zeros around it. */
export const sliceOperation: Operation = defineOperation({
  name: 'slice',
  summary: 'a range of one axis',
  infer: ([x], attributes) => {
    const { axis, start, end } = attributes as SliceAttributes
    if (start < 0 || end > x!.shape[axis]! || start > end)
      throw shapeError(`slice: ${start}:${end} does not lie within axis ${axis} of ${showShape(x!.shape)}.`)
    return { shape: x!.shape.map((extent, a) => (a === axis ? end - start : extent)), dtype: x!.dtype }
  },
  derivative: ({ f, inputs: [x], attributes, cotangent }) => {
    const { axis, start, end } = attributes as SliceAttributes
    return [f.pad(cotangent, { axis, before: start, after: x!.shape[axis]! - end })]
  },
  lower: (c) =>
    c.node('Slice', [
      c.input(0),
      c.int64s([c.attribute('start')]),
      c.int64s([c.attribute('end')]),
      c.int64s([c.attribute('axis')]),
    ]),
  reference: ([x], attributes, output) => {
    const { axis, start } = attributes as SliceAttributes
    const from = stridesOf(x!.shape)
    const to = stridesOf(output.shape)
    return Float64Array.from({ length: sizeOf(output.shape) }, (_, at) => {
      let source = start * from[axis]!
      for (const [a, extent] of output.shape.entries())
        source += (Math.floor(at / to[a]!) % extent) * from[a]!
      return x!.data[source]!
    })
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [5, 3] }], attributes: { axis: 0, start: 1, end: 4 } },
    { inputs: [{ shape: [2, 6] }], attributes: { axis: 1, start: 0, end: 2 } },
  ],
})

/** x from `start` up to, not including, `end` along `axis`; negative positions count from the end. */
export function slice(x: Tensor, options: { axis: number; start: number; end?: number }): Tensor {
  const axis = normaliseAxis(options.axis, x.shape.length, 'slice')
  const extent = x.shape[axis]!
  const start = options.start < 0 ? options.start + extent : options.start
  const end = options.end === undefined ? extent : options.end < 0 ? options.end + extent : options.end
  sliceOperation.infer([x], { axis, start, end })
  if (start === 0 && end === extent) return x
  if (x.operation === broadcastToOperation) {
    // Where the axis was only repeated, any part of it is as good as the whole.
    const source = x.inputs[0]!
    const sourceAxis = axis - (x.shape.length - source.shape.length)
    const repeated = sourceAxis < 0 || source.shape[sourceAxis] === 1
    return broadcastTo(
      repeated ? source : slice(source, { axis: sourceAxis, start, end }),
      x.shape.map((e, a) => (a === axis ? end - start : e)),
    )
  }
  if (x.operation === sliceOperation && x.attributes['axis'] === axis) {
    const offset = x.attributes['start'] as number
    return slice(x.inputs[0]!, { axis, start: start + offset, end: end + offset })
  }
  return make(sliceOperation, [x], { axis, start, end })
}
