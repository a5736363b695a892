import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, shapeError, showShape, sizeOf } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { requireDType } from './elementwise.ts'

/** Where x is largest along one axis, the first of equals, as int32. It has no derivative. */
export const argmaxOperation: Operation = defineOperation({
  name: 'argmax',
  summary: 'position of the largest element along an axis',
  infer: ([x], attributes) => {
    requireDType('argmax', x!, 'float32')
    if (x!.shape[attributes['axis'] as number] === 0)
      throw shapeError(`argmax: ${showShape(x!.shape)} has no elements to choose from.`)
    return { shape: x!.shape.filter((_, axis) => axis !== attributes['axis']), dtype: 'int32' }
  },
  derivative: () => [null],
  lower: (c) =>
    c.node('Cast', [c.node('ArgMax', [c.input(0)], { axis: c.attribute<number>('axis'), keepdims: 0 })], {
      to: 6,
    }),
  reference: ([x], attributes, output) => {
    const axis = attributes['axis'] as number
    const extent = x!.shape[axis]!
    const inner = sizeOf(x!.shape.slice(axis + 1))
    return Float64Array.from({ length: sizeOf(output.shape) }, (_, at) => {
      const start = Math.floor(at / inner) * extent * inner + (at % inner)
      let best = 0
      for (let i = 1; i < extent; i++)
        if (x!.data[start + i * inner]! > x!.data[start + best * inner]!) best = i
      return best
    })
  },
  samples: [
    { inputs: [{ shape: [3, 4] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [3, 4] }], attributes: { axis: 0 } },
  ],
})

/** Where x is largest along `axis`. */
export function argmax(x: Tensor, options: { axis: number }): Tensor {
  return intern(argmaxOperation, [x], { axis: normaliseAxis(options.axis, x.shape.length, 'argmax') })
}
