import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'
import { requireDType } from './elementwise.ts'
import { takeAlongAxis } from './take-along-axis.ts'

interface SortAttributes extends Record<string, unknown> {
  readonly axis: number
  readonly descending: boolean
}

/** Where the elements of x in order stand along one axis, as int32; of equal ones the first comes first. */
export const argsortOperation: Operation = defineOperation({
  name: 'argsort',
  summary: 'positions of the elements in order along an axis',
  infer: ([x]) => {
    requireDType('argsort', x!, 'float32')
    return { shape: x!.shape, dtype: 'int32' }
  },
  derivative: () => [null],
  lower: (c) => {
    const { axis, descending } = c.tensor.attributes as SortAttributes
    // ONNX Runtime's TopK takes the whole process down where there is nothing to sort.
    if (sizeOf(c.tensor.shape) === 0) return c.node('Cast', [c.input(0)], { to: 6 })
    const all = c.int64s([c.tensor.shape[axis]!])
    const attributes = { axis, largest: descending ? 1 : 0, sorted: 1 }
    const [, positions] = c.nodeOf(2, 'TopK', [c.input(0), all], attributes)
    return c.node('Cast', [positions!], { to: 6 })
  },
  reference: ([x], attributes) => {
    const { axis, descending } = attributes as SortAttributes
    const extent = x!.shape[axis]!
    const inner = sizeOf(x!.shape.slice(axis + 1))
    const sign = descending ? -1 : 1
    const result = new Float64Array(x!.data.length)
    for (let outer = 0; outer < result.length; outer += extent * inner)
      for (let i = 0; i < inner; i++) {
        const at = (k: number): number => x!.data[outer + k * inner + i]!
        const order = Array.from({ length: extent }, (_, k) => k)
        order.sort((a, b) => (at(a) === at(b) ? a - b : sign * (at(a) < at(b) ? -1 : 1)))
        for (const [k, position] of order.entries()) result[outer + k * inner + i] = position
      }
    return result
  },
  flops: ([x], output, attributes) =>
    Math.ceil(Math.log2(1 + x!.shape[attributes['axis'] as number]!)) * sizeOf(output.shape),
  samples: [
    { inputs: [{ shape: [3, 5] }], attributes: { axis: 1, descending: false } },
    { inputs: [{ shape: [6, 2] }], attributes: { axis: 0, descending: true } },
  ],
})

/**
 * Where the elements of x in order stand along `axis`, smallest first unless `descending`, as int32; of equal ones the
 * first comes first. A NaN has no place in an order: where it ends up is not said.
 */
export function argsort(x: Tensor, options: { axis: number; descending?: boolean }): Tensor {
  return make(argsortOperation, [x], {
    axis: normaliseAxis(options.axis, x.shape.length, 'argsort'),
    descending: options.descending ?? false,
  })
}

/** The elements of x in order along `axis`, smallest first unless `descending`. Each sends its derivative to its place. */
export function sort(x: Tensor, options: { axis: number; descending?: boolean }): Tensor {
  return takeAlongAxis(x, argsort(x, options), { axis: options.axis })
}
