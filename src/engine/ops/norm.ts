import { defineOperation, type Operation } from '../operation.ts'
import { sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { broadcastTo } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { requireDType } from './elementwise.ts'
import { largestFloat } from './log1p.ts'
import {
  inferReduction,
  type ReductionOptions,
  reducedShape,
  reduceReference,
  reductionAttributes,
} from './reduction.ts'

/** The smallest float32 of full precision. */
const smallestFloat = 1.1754943508222875e-38

/**
 * ‖x‖ = √Σ x² over axes, without overflow or underflow of the squares.  dx = g x/y, and 0 where x is 0.
 *
 * At 0 the length has no derivative: every vector no longer than 1 is a subgradient. 0 is the shortest of them, and the
 * only one that prefers no direction.
 */
export const normOperation: Operation = defineOperation({
  name: 'norm',
  summary: 'Euclidean length over axes',
  infer: ([x], attributes) => {
    requireDType('norm', x!, 'float32')
    return inferReduction(x!, attributes)
  },
  derivative: ({ f, inputs: [x], attributes, output, cotangent }) => {
    const kept = reducedShape(x!.shape, attributes['axes'] as number[], true)
    const length = f.reshape(output, kept)
    const none = f.equal(length, 0)
    const back = (t: Tensor): Tensor => f.broadcastTo(t, x!.shape)
    // Divided by the length itself: its inverse, squared for the next derivative, would leave float32's range.
    const unit = f.div(x!, back(f.where(none, 1, length)))
    return [f.mul(unit, back(f.where(none, 0, f.reshape(cotangent, kept))))]
  },
  lower: (c) => {
    const axes = c.int64s(c.attribute('axes'))
    const largest = c.node('ReduceMax', [c.node('Abs', [c.input(0)]), axes], { keepdims: 1 })
    const unit = c.node('Clip', [largest, c.float(smallestFloat), c.float(largestFloat)])
    const scaled = c.node('ReduceL2', [c.node('Div', [c.input(0), unit]), axes], { keepdims: 1 })
    const kept = c.node('Mul', [unit, scaled])
    return c.attribute<boolean>('keepDims') ? kept : c.reshape(kept, c.tensor.shape)
  },
  reference: ([x], attributes) =>
    reduceReference(x!, attributes, (values) => {
      const largest = Math.max(...values.map(Math.abs))
      if (largest === 0 || largest === Number.POSITIVE_INFINITY) return largest
      return largest * Math.sqrt(values.reduce((total, value) => total + (value / largest) ** 2, 0))
    }),
  flops: ([x]) => 5 * sizeOf(x!.shape),
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { axes: [1], keepDims: false } },
    { inputs: [{ shape: [2, 3, 4] }], attributes: { axes: [0, 2], keepDims: true } },
    { inputs: [{ shape: [5] }], attributes: { axes: [0], keepDims: false } },
  ],
})

/** ‖x‖, the Euclidean length of x over `axes` (all unless given). Its gradient at x = 0 is 0, a subgradient. */
export function norm(x: Tensor, options?: ReductionOptions): Tensor {
  const attributes = reductionAttributes('norm', x, options)
  const shape = reducedShape(x.shape, attributes.axes, attributes.keepDims)
  if (sizeOf(x.shape) === 0) return broadcastTo(constant(0), shape)
  return intern(normOperation, [x], attributes)
}
