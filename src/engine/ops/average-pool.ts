import { defineOperation, type Operation } from '../operation.ts'
import { type Shape, shapeError, showShape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'
import { perAxis, spatialOf } from './convolution.ts'

/** Mean over blocks of places that do not overlap.  dx = each block filled with its g over the block's size. */
export const averagePoolOperation: Operation = defineOperation({
  name: 'averagePool',
  summary: 'mean over blocks of places',
  infer: ([x], attributes) => {
    const size = attributes['size'] as Shape
    const extents = spatialOf('averagePool', x!)
    if (extents.some((extent, axis) => extent % size[axis]! !== 0))
      throw shapeError(
        `averagePool: blocks of ${showShape(size)} do not divide the extents of ${showShape(x!.shape)}.`,
        'Pad it first, or take blocks that come out even.',
      )
    return {
      shape: [...x!.shape.slice(0, 2), ...extents.map((extent, axis) => extent / size[axis]!)],
      dtype: 'float32',
    }
  },
  derivative: ({ f, attributes, cotangent: g }) => {
    const size = attributes['size'] as Shape
    return [f.mul(f.upsample(g, { factor: size }), 1 / sizeOf(size))]
  },
  lower: (c) => {
    const size = c.attribute<Shape>('size')
    if (size.length < 3) return c.node('AveragePool', [c.input(0)], { kernel_shape: size, strides: size })
    // Not every runtime pools volumes.
    const { shape } = c.tensor
    const parted = shape.slice(2).flatMap((extent, axis) => [extent, size[axis]!])
    const blocks = c.reshape(c.input(0), [...shape.slice(0, 2), ...parted])
    return c.node('ReduceMean', [blocks, c.int64s(size.map((_, axis) => 3 + 2 * axis))], { keepdims: 0 })
  },
  reference: ([x], attributes, output) => {
    const size = attributes['size'] as Shape
    const result = new Float64Array(sizeOf(output.shape))
    const target = coarser(x!.shape, output.shape, size)
    for (const [at, value] of x!.data.entries()) result[target(at)]! += value / sizeOf(size)
    return result
  },
  flops: ([x]) => sizeOf(x!.shape),
  samples: [
    { inputs: [{ shape: [2, 2, 4, 6] }], attributes: { size: [2, 3] } },
    { inputs: [{ shape: [2, 2, 6] }], attributes: { size: [2] } },
    { inputs: [{ shape: [1, 2, 2, 3, 2] }], attributes: { size: [2, 3, 1] } },
  ],
})

/** For a position in `fine` that in `coarse`, which is `factor` times as coarse in its spatial axes. */
export function coarser(fine: Shape, coarse: Shape, factor: Shape): (at: number) => number {
  return (at) => {
    let target = 0
    for (const [axis, extent] of fine.entries()) {
      const place = Math.floor(at / sizeOf(fine.slice(axis + 1))) % extent
      target = target * coarse[axis]! + Math.floor(place / (factor[axis - 2] ?? 1))
    }
    return target
  }
}

/**
 * The mean of x [B, C, ...n] over blocks of `size` places that do not overlap: [B, C, ...n/size].
 * @throws where the blocks do not come out even.
 */
export function averagePool(x: Tensor, options: { readonly size: number | readonly number[] }): Tensor {
  const size = perAxis('averagePool', 'size', options.size, spatialOf('averagePool', x).length)
  return size.every((extent) => extent === 1) ? x : make(averagePoolOperation, [x], { size })
}
