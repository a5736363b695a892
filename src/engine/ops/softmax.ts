import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'
import { reduceReference } from './reduction.ts'

/** e^x / Σ e^x along one axis.  dx = y (g − Σ g y) */
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
  lower: (c) => c.node('Softmax', [c.input(0)], { axis: c.attribute<number>('axis') }),
  reference: ([x], attributes, output) => {
    const axis = attributes['axis'] as number
    const reduce = { axes: [axis], keepDims: true }
    const largest = reduceReference(x!, reduce, (values) => Math.max(...values))
    const totals = reduceReference(x!, reduce, (values) => {
      const top = Math.max(...values)
      return values.reduce((total, value) => total + Math.exp(value - top), 0)
    })
    const inner = sizeOf(output.shape.slice(axis + 1))
    const extent = output.shape[axis]!
    return x!.data.map((value, at) => {
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

/** e^x / Σ e^x along `axis` (the last unless given). */
export function softmax(x: Tensor, options: { axis?: number } = {}): Tensor {
  return intern(softmaxOperation, [x], { axis: normaliseAxis(options.axis ?? -1, x.shape.length, 'softmax') })
}
