import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, shapeError, sizeOf, stridesOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'
import { requireDType } from './elementwise.ts'

interface PadAttributes extends Record<string, unknown> {
  readonly axis: number
  readonly before: number
  readonly after: number
}

/** x with zeros before and after it along one axis.  dx = that slice of g. */
export const padOperation: Operation = defineOperation({
  name: 'pad',
  summary: 'zeros before and after along one axis',
  infer: ([x], attributes) => {
    requireDType('pad', x!, 'float32')
    const { axis, before, after } = attributes as PadAttributes
    if (before < 0 || after < 0)
      throw shapeError(`pad: ${before} zeros before and ${after} after axis ${axis} cannot be.`, 'Use slice.')
    return {
      shape: x!.shape.map((extent, a) => (a === axis ? before + extent + after : extent)),
      dtype: x!.dtype,
    }
  },
  derivative: ({ f, inputs: [x], attributes, cotangent }) => {
    const { axis, before } = attributes as PadAttributes
    return [f.slice(cotangent, { axis, start: before, end: before + x!.shape[axis]! })]
  },
  lower: (c) => {
    const { axis, before, after } = c.tensor.attributes as PadAttributes
    const rank = c.tensor.shape.length
    const amounts = new Array<number>(2 * rank).fill(0)
    amounts[axis] = before
    amounts[axis + rank] = after
    return c.node('Pad', [c.input(0), c.int64s(amounts)])
  },
  reference: ([x], attributes, output) => {
    const { axis, before } = attributes as PadAttributes
    const result = new Float64Array(sizeOf(output.shape))
    const from = stridesOf(x!.shape)
    const to = stridesOf(output.shape)
    for (let at = 0; at < x!.data.length; at++) {
      let target = before * to[axis]!
      for (const [a, extent] of x!.shape.entries()) target += (Math.floor(at / from[a]!) % extent) * to[a]!
      result[target] = x!.data[at]!
    }
    return result
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [2, 3] }], attributes: { axis: 0, before: 1, after: 2 } },
    { inputs: [{ shape: [2, 3] }], attributes: { axis: 1, before: 0, after: 2 } },
  ],
})

/** x with `before` and `after` zeros around it along `axis`. */
export function pad(x: Tensor, options: { axis: number; before?: number; after?: number }): Tensor {
  const { before = 0, after = 0 } = options
  const axis = normaliseAxis(options.axis, x.shape.length, 'pad')
  return before === 0 && after === 0 ? x : make(padOperation, [x], { axis, before, after })
}
