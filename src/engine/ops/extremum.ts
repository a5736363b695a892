import { defineOperation, type Operation } from '../operation.ts'
import { shapeError, showShape, sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'
import {
  inferReduction,
  type ReductionOptions,
  reducedShape,
  reduceReference,
  reductionAttributes,
} from './reduction.ts'

/**
 * The largest or the smallest element over axes; NaN where one of them is NaN.  dx = g where x is that element, shared
 * evenly among ties.
 */
export function defineExtremum(options: {
  readonly name: string
  readonly summary: string
  readonly onnx: string
  readonly pick: (...values: number[]) => number
}): { readonly operation: Operation; readonly apply: (x: Tensor, options?: ReductionOptions) => Tensor } {
  const { name, summary, onnx, pick } = options
  const operation = defineOperation({
    name,
    summary,
    infer: ([x], attributes) => {
      requireDType(name, x!, 'float32')
      if ((attributes['axes'] as number[]).some((axis) => x!.shape[axis] === 0))
        throw shapeError(`${name}: ${showShape(x!.shape)} has no elements to choose from.`)
      return inferReduction(x!, attributes)
    },
    derivative: ({ f, inputs: [x], attributes, output, cotangent }) => {
      const axes = attributes['axes'] as number[]
      const kept = reducedShape(x!.shape, axes, true)
      const back = (t: Tensor): Tensor => f.broadcastTo(f.reshape(t, kept), x!.shape)
      const hit = f.cast(f.equal(x!, back(output)), 'float32')
      const ties = f.sum(hit, { axes, keepDims: true })
      return [f.mul(hit, back(f.div(f.reshape(cotangent, kept), ties)))]
    },
    lower: (c) => {
      const reduce = (op: string, value: string): string =>
        c.node(op, [value, c.int64s(c.attribute('axes'))], { keepdims: c.attribute('keepDims') ? 1 : 0 })
      // ONNX Runtime looks over a NaN. Clipped between 0 and 0, everything else adds nothing.
      const notNumbers = reduce('ReduceSum', c.node('Clip', [c.input(0), c.float(0), c.float(0)]))
      return c.node('Add', [reduce(onnx, c.input(0)), notNumbers])
    },
    reference: ([x], attributes) => reduceReference(x!, attributes, (values) => pick(...values)),
    flops: ([x]) => 3 * sizeOf(x!.shape),
    samples: [
      { inputs: [{ shape: [3, 4] }], attributes: { axes: [1], keepDims: false } },
      { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0, 2], keepDims: true } },
    ],
  })
  return {
    operation,
    apply: (x, reduction) => intern(operation, [x], reductionAttributes(name, x, reduction)),
  }
}
