import type { ScorefieldError } from '../../base/index.ts'
import { defineOperation, type Operation } from '../operation.ts'
import {
  type Shape,
  sameShape,
  shapeError,
  showShape,
  sizeOf,
  stretchedShape,
  stretchesTo,
  stridesOf,
} from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { constantData } from './constant.ts'

/** x repeated along axes of extent 1 and new leading axes.  dx = sum of the cotangent over those axes. */
export const broadcastToOperation: Operation = defineOperation({
  name: 'broadcastTo',
  summary: 'repeat along axes of extent 1 and new leading axes',
  infer: ([x], attributes) => {
    const shape = attributes['shape'] as Shape
    if (!stretchesTo(x!.shape, shape)) throw doesNotStretch(x!.shape, shape)
    return { shape, dtype: x!.dtype }
  },
  derivative: ({ f, inputs: [x], output, cotangent }) => {
    if (x!.dtype !== 'float32') return [null]
    const axes = stretchedAxes(x!.shape, output.shape)
    const leading = output.shape.length - x!.shape.length
    const keepDims = axes.some((axis) => axis >= leading)
    return [f.reshape(f.sum(cotangent, { axes, keepDims }), x!.shape)]
  },
  lower: (c) => c.node('Expand', [c.input(0), c.int64s(c.tensor.shape)]),
  reference: ([x], _attributes, output) => {
    const result = new Float64Array(sizeOf(output.shape))
    const offset = output.shape.length - x!.shape.length
    const from = stridesOf(x!.shape)
    const to = stridesOf(output.shape)
    for (let at = 0; at < result.length; at++) {
      let source = 0
      for (let axis = 0; axis < x!.shape.length; axis++) {
        if (x!.shape[axis] === 1) continue
        const extent = output.shape[axis + offset]!
        source += (Math.floor(at / to[axis + offset]!) % extent) * from[axis]!
      }
      result[at] = x!.data[source]!
    }
    return result
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [1, 3] }], attributes: { shape: [4, 3] } },
    { inputs: [{ shape: [2, 1] }], attributes: { shape: [3, 2, 5] } },
    { inputs: [{ shape: [] }], attributes: { shape: [2, 3] } },
  ],
})

function doesNotStretch(from: Shape, to: Shape): ScorefieldError {
  return shapeError(`broadcastTo: ${showShape(from)} does not stretch to ${showShape(to)}.`)
}

/** The axes of `to` along which `from` is repeated. */
export function stretchedAxes(from: Shape, to: Shape): number[] {
  const offset = to.length - from.length
  return to
    .map((_, axis) => axis)
    .filter((axis) => axis < offset || (from[axis - offset] === 1 && to[axis] !== 1))
}

/** x stretched to `shape` by numpy's rule (aligned at the last axis; axes of extent 1 repeat). */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  if (!stretchesTo(x.shape, shape)) throw doesNotStretch(x.shape, shape)
  if (x.operation === broadcastToOperation) return broadcastTo(x.inputs[0]!, shape)
  return intern(broadcastToOperation, [x], { shape: [...shape] })
}

/** What a broadcast tensor was before it was stretched; any other tensor itself. */
export function unstretched(x: Tensor): Tensor {
  return x.operation === broadcastToOperation ? x.inputs[0]! : x
}

/** What a run reads for this tensor: its inputs, before stretching where ONNX stretches them by itself. */
export function operandsOf(tensor: Tensor): readonly Tensor[] {
  if (!tensor.operation.stretches) return tensor.inputs
  const sources = tensor.inputs.map(unstretched)
  const together = stretchedShape(sources.map((source) => source.shape))
  return together && sameShape(together, tensor.shape) ? sources : tensor.inputs
}

/** The number that every element of x is known to be, or undefined. */
export function uniformValue(x: Tensor): number | undefined {
  const data = constantData(unstretched(x))
  if (!data || data.length === 0) return undefined
  const first = data[0]!
  for (let i = 1; i < data.length; i++) if (data[i] !== first) return undefined
  return first
}
