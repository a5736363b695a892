import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'
import { largestFloat } from './log1p.ts'
import { reduceReference } from './reduction.ts'

/**
 * e^x / Σ e^x along one axis.  dx = y (g − Σ g y)
 *
 * Infinite elements count as the largest number there is. So −∞ beside finite ones gets exactly 0, and elements that are
 * all −∞, or several ∞, share evenly: softmax(c, …, c) = (1/n, …, 1/n) whatever c is.
 */
export const softmaxOperation: Operation = defineOperation({
  name: 'softmax',
  summary: 'exponentials divided by their sum along an axis',
  infer: ([x]) => {
    requireDType('softmax', x!, 'float32')
    return x!
  },
  derivative: ({ f, attributes, output, cotangent }) => {
    const weighted = f.sum(f.mul(cotangent, output), { axes: [attributes['axis'] as number], keepDims: true })
    return [f.mul(output, f.sub(cotangent, f.broadcastTo(weighted, output.shape)))]
  },
  lower: (c) => {
    const finite = c.node('Clip', [c.input(0), c.float(-largestFloat), c.float(largestFloat)])
    return c.node('Softmax', [finite], { axis: c.attribute<number>('axis') })
  },
  reference: ([x], attributes, output) => {
    const axis = attributes['axis'] as number
    const reduce = { axes: [axis], keepDims: true }
    const finite = x!.data.map((value) => Math.min(Math.max(value, -largestFloat), largestFloat))
    const given = { shape: x!.shape, data: finite }
    const largest = reduceReference(given, reduce, (values) => Math.max(...values))
    const totals = reduceReference(given, reduce, (values) => {
      const top = Math.max(...values)
      return values.reduce((total, value) => total + Math.exp(value - top), 0)
    })
    const inner = sizeOf(output.shape.slice(axis + 1))
    const extent = output.shape[axis]!
    return finite.map((value, at) => {
      const group = Math.floor(at / (inner * extent)) * inner + (at % inner)
      return Math.exp(value - largest[group]!) / totals[group]!
    })
  },
  flops: (_inputs, output) => 12 * sizeOf(output.shape),
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axis: 1 } },
  ],
})

/**
 * e^x / Σ e^x along `axis` (the last unless given).
 *
 * What is masked by −∞ gets exactly 0, and so does its gradient. Where all is masked, all share evenly; multiply by the
 * mask if nothing should come of it.
 */
export function softmax(x: Tensor, options: { axis?: number } = {}): Tensor {
  return intern(softmaxOperation, [x], { axis: normaliseAxis(options.axis ?? -1, x.shape.length, 'softmax') })
}
