import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'

interface CumsumAttributes extends Record<string, unknown> {
  readonly axis: number
  readonly reverse: boolean
}

/** y_i = Σ_{j ≤ i} x_j along one axis (j ≥ i when reversed).  dx = the same of g, the other way round. */
export const cumsumOperation: Operation = defineOperation({
  name: 'cumsum',
  summary: 'running sum along an axis',
  infer: ([x]) => {
    requireDType('cumsum', x!, 'float32')
    return x!
  },
  derivative: ({ f, attributes, cotangent }) => {
    const { axis, reverse } = attributes as CumsumAttributes
    return [f.cumsum(cotangent, { axis, reverse: !reverse })]
  },
  lower: (c) =>
    c.node('CumSum', [c.input(0), c.int64(c.attribute('axis'))], { reverse: c.attribute('reverse') ? 1 : 0 }),
  reference: ([x], attributes, output) => {
    const { axis, reverse } = attributes as CumsumAttributes
    const inner = sizeOf(output.shape.slice(axis + 1))
    const extent = output.shape[axis]!
    const result = Float64Array.from(x!.data)
    for (let step = 1; step < extent; step++) {
      const position = reverse ? extent - 1 - step : step
      const previous = reverse ? position + 1 : position - 1
      for (let outer = 0; outer < result.length; outer += extent * inner)
        for (let i = 0; i < inner; i++)
          result[outer + position * inner + i]! += result[outer + previous * inner + i]!
    }
    return result
  },
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { axis: 1, reverse: false } },
    { inputs: [{ shape: [3, 4] }], attributes: { axis: 0, reverse: true } },
  ],
})

/** Running sum of x along `axis`, from the end if `reverse`. */
export function cumsum(x: Tensor, options: { axis: number; reverse?: boolean }): Tensor {
  return intern(cumsumOperation, [x], {
    axis: normaliseAxis(options.axis, x.shape.length, 'cumsum'),
    reverse: options.reverse ?? false,
  })
}
