import { defineOperation, type LowerContext, type Operation } from '../operation.ts'
import { type Shape, sameShape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'
import {
  type ConvolutionAttributes,
  type ConvolutionOptions,
  convolutionAttributes,
  convolutionFlops,
  moved,
  requireFit,
  spatialOf,
  summed,
  zerosOf,
} from './convolution.ts'

interface FilterAttributes extends ConvolutionAttributes {
  readonly kernel: Shape
}

/**
 * w[o, i, k] = Σ_{n, p} g[n, o, p] x[n, i, stride·p + dilation·k − before]: what a filter gets back, the third of
 * convolution's operations.  dx = the transposed convolution of g by h, dg = conv(x, h).
 */
export const convFilterOperation: Operation = defineOperation({
  name: 'convFilter',
  summary: 'correlation of two pictures over all places: the gradient of a filter',
  infer: ([x, g], attributes) => {
    spatialOf('convFilter', x!)
    spatialOf('convFilter', g!)
    const { groups, kernel } = attributes as FilterAttributes
    const shape = [g!.shape[1]!, x!.shape[1]! / groups, ...kernel]
    requireFit('convFilter', x!.shape, shape, g!.shape, attributes as FilterAttributes)
    return { shape, dtype: 'float32' }
  },
  derivative: ({ f, inputs: [x, g], attributes, cotangent: h }) => {
    const options = attributes as FilterAttributes
    return [f.convTranspose(g!, h, { ...options, size: x!.shape.slice(2) }), f.conv(x!, h, options)]
  },
  lower: (c) => {
    const [x, g] = c.tensor.inputs as [Tensor, Tensor]
    const { groups, kernel } = c.tensor.attributes as FilterAttributes
    const [batch, channels] = x.shape as [number, number]
    const [filters, taps] = [g.shape[1]!, sizeOf(kernel)]
    const places = sizeOf(g.shape.slice(2))
    const depth = channels / groups
    const rows = (value: string, width: number): string =>
      c.reshape(value, [batch * groups, width / groups, places])
    // One matrix product a picture: what each element of the filter sees, against what comes back.
    const seen = views(c, x, g).map((view) => rows(view, channels))
    const columns = taps === 1 ? seen[0]! : c.node('Concat', seen, { axis: 1 })
    const turned = c.node('Transpose', [columns], { perm: [0, 2, 1] })
    const product = c.node('MatMul', [rows(c.input(1), filters), turned])
    // A row of ones times them is their sum, and faster than ONNX Runtime's sum over rows.
    const total =
      batch === 1
        ? product
        : c.node('Gemm', [c.ones([1, batch]), c.reshape(product, [batch, filters * taps * depth])])
    if (taps === 1) return c.reshape(total, c.tensor.shape)
    const byTap = c.node('Transpose', [c.reshape(total, [filters, taps, depth])], { perm: [0, 2, 1] })
    return c.reshape(byTap, c.tensor.shape)
  },
  reference: ([x, g], attributes, output) =>
    summed({ x: x!.shape, w: output.shape, g: g!.shape }, 'w', [x!, g!], attributes),
  flops: ([, g], output) => convolutionFlops(output.shape, g!.shape),
  samples: [
    {
      inputs: [{ shape: [2, 3, 3, 4] }, { shape: [2, 2, 3, 4] }],
      attributes: moved({
        padding: [
          [1, 1],
          [1, 1],
        ],
        kernel: [3, 3],
      }),
    },
    {
      inputs: [{ shape: [2, 4, 7] }, { shape: [2, 2, 3] }],
      attributes: moved({ stride: [2], groups: 2, padding: [[0, 1]], kernel: [3] }),
    },
    {
      inputs: [{ shape: [1, 2, 2, 3, 2] }, { shape: [1, 2, 2, 3, 2] }],
      attributes: moved({
        padding: [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        kernel: [1, 1, 1],
      }),
    },
  ],
})

/** For each element of the filter, in its order: x as that element sees it, [B, C, ...places]. */
function views(c: LowerContext, x: Tensor, g: Tensor): string[] {
  const { stride, dilation, padding, kernel } = c.tensor.attributes as FilterAttributes
  const places = g.shape.slice(2)
  const sides = [0, 1].map((side) => [0, 0, ...padding.map((pair) => pair[side]!)])
  const padded = sides.flat().some((zeros) => zeros > 0)
    ? c.node('Pad', [c.input(0), c.int64s(sides.flat())])
    : c.input(0)
  const extents = x.shape.map((extent, axis) => extent + sides[0]![axis]! + sides[1]![axis]!).slice(2)
  const axes = places.map((_, axis) => axis + 2)
  return Array.from({ length: sizeOf(kernel) }, (_, tap) => {
    const starts = axes.map((_, axis) => {
      const inner = sizeOf(kernel.slice(axis + 1))
      return dilation[axis]! * (Math.floor(tap / inner) % kernel[axis]!)
    })
    if (sameShape(places, extents)) return padded
    const ends = starts.map((start, axis) => start + stride[axis]! * (places[axis]! - 1) + 1)
    const steps = stride.some((s) => s > 1) ? [c.int64s(stride)] : []
    return c.node('Slice', [padded, c.int64s(starts), c.int64s(ends), c.int64s(axes), ...steps])
  })
}

/**
 * The gradient of a filter: x [B, C, ...n], and g [B, O, ...places] of what conv(x, w) gives, make [O, C/groups, ...kernel].
 *
 * Σ_{b, p} g[b, o, p] x[b, i, stride·p + dilation·k − before], with the settings of that convolution.
 * @throws where they do not fit together.
 */
export function convFilter(
  x: Tensor,
  g: Tensor,
  options: ConvolutionOptions & { readonly kernel: Shape },
): Tensor {
  const settings = convolutionAttributes('convFilter', options, spatialOf('convFilter', x), options.kernel)
  const attributes: FilterAttributes = { ...settings, kernel: [...options.kernel] }
  const { shape } = convFilterOperation.infer([x, g], attributes)
  return zerosOf([x, g], shape) ?? make(convFilterOperation, [x, g], attributes)
}
