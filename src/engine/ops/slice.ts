import { defineOperation, type Operation, type Operations } from '../operation.ts'
import { normaliseAxis, shapeError, showShape, sizeOf, stridesOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { broadcastTo, broadcastToOperation } from './broadcast-to.ts'
import { make } from './constant.ts'

interface SliceAttributes extends Record<string, unknown> {
  readonly axis: number
  readonly start: number
  readonly end: number
  /** Absent where it is 1. */
  readonly step?: number
}

/** x[…, start:end:step, …] along one axis.  dx = g with zeros around and between. */
export const sliceOperation: Operation = defineOperation({
  name: 'slice',
  summary: 'a range of one axis',
  infer: ([x], attributes) => {
    const { axis, start, end, step = 1 } = attributes as SliceAttributes
    if (start < 0 || end > x!.shape[axis]! || start > end)
      throw shapeError(`slice: ${start}:${end} does not lie within axis ${axis} of ${showShape(x!.shape)}.`)
    if (!Number.isInteger(step) || step < 1)
      throw shapeError(`slice: a step of ${step} leads nowhere.`, 'Steps are 1, 2, …; flip reads backwards.')
    const count = Math.ceil((end - start) / step)
    return { shape: x!.shape.map((extent, a) => (a === axis ? count : extent)), dtype: x!.dtype }
  },
  derivative: ({ f, inputs: [x], attributes, cotangent }) => {
    const { axis, start, step = 1 } = attributes as SliceAttributes
    if (x!.dtype !== 'float32') return [null]
    const whole = f.pad(spread(f, cotangent, axis, step), {
      axis,
      before: start,
      after: Math.max(0, x!.shape[axis]! - start - cotangent.shape[axis]! * step),
    })
    // The zeros after the last element may be too many.
    return [f.slice(whole, { axis, start: 0, end: x!.shape[axis]! })]
  },
  lower: (c) => {
    const { axis, start, end, step = 1 } = c.tensor.attributes as SliceAttributes
    const range = [start, end, axis, ...(step === 1 ? [] : [step])]
    return c.node('Slice', [c.input(0), ...range.map((value) => c.int64s([value]))])
  },
  reference: ([x], attributes, output) => {
    const { axis, start, step = 1 } = attributes as SliceAttributes
    const from = stridesOf(x!.shape)
    const to = stridesOf(output.shape)
    return Float64Array.from({ length: sizeOf(output.shape) }, (_, at) => {
      let source = start * from[axis]!
      for (const [a, extent] of output.shape.entries())
        source += (Math.floor(at / to[a]!) % extent) * from[a]! * (a === axis ? step : 1)
      return x!.data[source]!
    })
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [5, 3] }], attributes: { axis: 0, start: 1, end: 4 } },
    { inputs: [{ shape: [2, 6] }], attributes: { axis: 1, start: 0, end: 2 } },
    { inputs: [{ shape: [2, 8] }], attributes: { axis: 1, start: 1, end: 8, step: 3 } },
    { inputs: [{ shape: [7, 2] }], attributes: { axis: 0, start: 0, end: 4, step: 3 } },
  ],
})

/** x with step − 1 zeros after each element along an axis. */
function spread(f: Operations, x: Tensor, axis: number, step: number): Tensor {
  if (step === 1) return x
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)]
  const apart = f.pad(f.reshape(x, [...before, x.shape[axis]!, 1, ...after]), {
    axis: axis + 1,
    after: step - 1,
  })
  return f.reshape(apart, [...before, x.shape[axis]! * step, ...after])
}

/**
 * x from `start` up to, not including, `end` along `axis`; negative positions count from the end. With a `step`, every
 * step-th of these elements, from the first on; `flip` reads backwards.
 */
export function slice(
  x: Tensor,
  options: { axis: number; start: number; end?: number; step?: number },
): Tensor {
  const axis = normaliseAxis(options.axis, x.shape.length, 'slice')
  const extent = x.shape[axis]!
  const start = options.start < 0 ? options.start + extent : options.start
  const end = options.end === undefined ? extent : options.end < 0 ? options.end + extent : options.end
  const step = options.step ?? 1
  const { shape } = sliceOperation.infer([x], { axis, start, end, step })
  if (step !== 1 && shape[axis]! > 1) return make(sliceOperation, [x], { axis, start, end, step })
  return range(x, axis, start, start + shape[axis]!)
}

/** The elements from `start` up to `end`, all of them. */
function range(x: Tensor, axis: number, start: number, end: number): Tensor {
  const extent = x.shape[axis]!
  if (start === 0 && end === extent) return x
  if (x.operation === broadcastToOperation) {
    // Where the axis was only repeated, any part of it is as good as the whole.
    const source = x.inputs[0]!
    const sourceAxis = axis - (x.shape.length - source.shape.length)
    const repeated = sourceAxis < 0 || source.shape[sourceAxis] === 1
    return broadcastTo(
      repeated ? source : range(source, sourceAxis, start, end),
      x.shape.map((e, a) => (a === axis ? end - start : e)),
    )
  }
  const { axis: innerAxis, step = 1, start: offset } = x.attributes as SliceAttributes
  if (x.operation === sliceOperation && innerAxis === axis && step === 1)
    return range(x.inputs[0]!, axis, start + offset, end + offset)
  return make(sliceOperation, [x], { axis, start, end })
}
