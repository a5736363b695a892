import { defineOperation, type Operation } from '../operation.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { coarser } from './average-pool.ts'
import { make } from './constant.ts'
import { perAxis, spatialOf } from './convolution.ts'

/** Each place as a block of equal ones.  dx = the sum of g over each block. */
export const upsampleOperation: Operation = defineOperation({
  name: 'upsample',
  summary: 'each place repeated, in all spatial axes',
  infer: ([x], attributes) => {
    const factor = attributes['factor'] as Shape
    const extents = spatialOf('upsample', x!)
    return {
      shape: [...x!.shape.slice(0, 2), ...extents.map((extent, axis) => extent * factor[axis]!)],
      dtype: 'float32',
    }
  },
  derivative: ({ f, attributes, cotangent: g }) => {
    const factor = attributes['factor'] as Shape
    return [f.mul(f.averagePool(g, { size: factor }), sizeOf(factor))]
  },
  lower: (c) => {
    const factor = c.attribute<Shape>('factor')
    const [batch, channels, ...extents] = c.tensor.inputs[0]!.shape as [number, number, ...number[]]
    const apart = [batch * channels, ...extents.flatMap((extent) => [extent, 1])]
    const whole = [batch * channels, ...extents.flatMap((extent, axis) => [extent, factor[axis]!])]
    return c.reshape(c.node('Expand', [c.reshape(c.input(0), apart), c.int64s(whole)]), c.tensor.shape)
  },
  reference: ([x], attributes, output) => {
    const source = coarser(output.shape, x!.shape, attributes['factor'] as Shape)
    return Float64Array.from({ length: sizeOf(output.shape) }, (_, at) => x!.data[source(at)]!)
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [2, 2, 2, 3] }], attributes: { factor: [2, 3] } },
    { inputs: [{ shape: [1, 2, 3] }], attributes: { factor: [2] } },
    { inputs: [{ shape: [1, 1, 2, 1, 2] }], attributes: { factor: [1, 3, 2] } },
  ],
})

/** x [B, C, ...n] with each place repeated `factor` times in each spatial axis, nearest neighbour: [B, C, ...n·factor]. */
export function upsample(x: Tensor, options: { readonly factor: number | readonly number[] }): Tensor {
  const factor = perAxis('upsample', 'factor', options.factor, spatialOf('upsample', x).length)
  return factor.every((times) => times === 1) ? x : make(upsampleOperation, [x], { factor })
}
