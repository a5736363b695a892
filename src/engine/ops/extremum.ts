import { defineOperation, type Operation } from '../operation.ts'
import { sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'
import {
  inferReduction,
  type ReductionOptions,
  reducedShape,
  reduceReference,
  reductionAttributes,
} from './reduction.ts'

/** The largest or the smallest element over axes.  dx = g where x is that element, shared evenly among ties. */
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
    lower: (c) =>
      c.node(onnx, [c.input(0), c.int64s(c.attribute('axes'))], {
        keepdims: c.attribute('keepDims') ? 1 : 0,
      }),
    reference: ([x], attributes) => reduceReference(x!, attributes, (values) => pick(...values)),
    flops: ([x]) => sizeOf(x!.shape),
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
