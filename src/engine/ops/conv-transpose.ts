import { defineOperation, type LowerContext, type Operation } from '../operation.ts'
import { type Shape, shapeError, showShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { make } from './constant.ts'
import {
  type ConvolutionAttributes,
  type ConvolutionOptions,
  convolutionAttributes,
  convolutionFlops,
  moved,
  onnxAttributes,
  perAxis,
  requireFit,
  spatialOf,
  summed,
  zerosOf,
} from './convolution.ts'

interface TransposeAttributes extends ConvolutionAttributes {
  /** Spatial extents of the result. */
  readonly size: Shape
}

/**
 * x[n, i, q] = Σ w[o, i, k] g[n, o, p] over all o, k, p with stride·p + dilation·k − before = q: the transpose of
 * x ↦ conv(x, w).  dg = conv(h, w), dw = the correlation of h and g.
 */
export const convTransposeOperation: Operation = defineOperation({
  name: 'convTranspose',
  summary: 'the transpose of a convolution: each place sends a filter',
  infer: ([g, w], attributes) => {
    spatialOf('convTranspose', g!)
    spatialOf('convTranspose', w!)
    const { groups, size } = attributes as TransposeAttributes
    const shape = [g!.shape[0]!, w!.shape[1]! * groups, ...size]
    requireFit('convTranspose', shape, w!.shape, g!.shape, attributes as TransposeAttributes)
    return { shape, dtype: 'float32' }
  },
  derivative: ({ f, inputs: [g, w], attributes, cotangent: h }) => {
    const options = attributes as TransposeAttributes
    return [f.conv(h, w!, options), f.convFilter(h, g!, { ...options, kernel: w!.shape.slice(2) })]
  },
  lower: (c) => {
    const [g, w] = c.tensor.inputs as [Tensor, Tensor]
    const attributes = c.tensor.attributes as TransposeAttributes
    const { stride, dilation, groups, size } = attributes
    const kernel = w.shape.slice(2)
    const flat = stride.every((s) => s === 1)
    const pads = turnedPadding(kernel, attributes)
    if (flat && pads.every((zeros) => zeros >= 0)) return turnedConvolution(c, c.input(0), attributes)
    // What a convolution of `size` leaves over at the end, where a stride does not come out even.
    const rest = size.map(
      (extent, axis) => extent - smallestSize(g.shape.slice(2), kernel, attributes)[axis]!,
    )
    // ONNX Runtime's own operator is wrong on WebGPU with groups or dilation, and does not know volumes there.
    const isSound = groups === 1 && dilation.every((d) => d === 1) && size.length < 3
    if (!isSound && pads.every((zeros) => zeros >= 0)) {
      const apart = spreadApart(c, c.input(0), g.shape, stride)
      return turnedConvolution(c, apart, attributes, rest)
    }
    return c.node('ConvTranspose', c.inputs(), {
      ...onnxAttributes(kernel, attributes),
      output_padding: rest,
    })
  },
  reference: ([g, w], attributes, output) =>
    summed({ x: output.shape, w: w!.shape, g: g!.shape }, 'x', [g!, w!], attributes),
  flops: ([g, w]) => convolutionFlops(w!.shape, g!.shape),
  samples: [
    {
      inputs: [{ shape: [2, 2, 4, 5] }, { shape: [2, 3, 3, 3] }],
      attributes: moved({
        padding: [
          [1, 1],
          [2, 0],
        ],
        size: [4, 5],
      }),
    },
    {
      inputs: [{ shape: [1, 4, 3, 2] }, { shape: [4, 1, 3, 2] }],
      attributes: moved({
        stride: [2, 3],
        dilation: [1, 2],
        groups: 2,
        padding: [
          [1, 0],
          [0, 1],
        ],
        size: [7, 6],
      }),
    },
    {
      inputs: [{ shape: [1, 2, 3, 2] }, { shape: [2, 3, 3, 2] }],
      attributes: moved({
        stride: [2, 3],
        padding: [
          [1, 0],
          [0, 1],
        ],
        size: [7, 6],
      }),
    },
    {
      inputs: [{ shape: [2, 2, 5] }, { shape: [2, 3, 1] }],
      attributes: moved({ padding: [[1, 1]], size: [3] }),
    },
    {
      inputs: [{ shape: [1, 2, 2, 2, 2] }, { shape: [2, 2, 2, 1, 3] }],
      attributes: moved({
        stride: [2, 2, 1],
        padding: [
          [0, 0],
          [0, 0],
          [1, 1],
        ],
        size: [5, 3, 2],
      }),
    },
  ],
})

/** Zeros [before…, after…] around g, under the turned filter: as far as the filter reaches over the result's end. */
function turnedPadding(kernel: Shape, { dilation, padding }: ConvolutionAttributes): number[] {
  const reach = kernel.map((k, axis) => dilation[axis]! * (k - 1))
  return [0, 1].flatMap((side) => padding.map((pair, axis) => reach[axis]! - pair[side]!))
}

/** The transpose of a convolution of stride 1 is a convolution, by the filter turned round in all axes. */
function turnedConvolution(
  c: LowerContext,
  g: string,
  attributes: TransposeAttributes,
  rest: readonly number[] = [],
): string {
  const { shape } = c.tensor.inputs[1]!
  const kernel = shape.slice(2)
  const pads = turnedPadding(kernel, attributes)
  return c.node('Conv', [g, turnedFilter(c, c.input(1), shape, attributes.groups)], {
    ...onnxAttributes(kernel, { ...attributes, stride: kernel.map(() => 1) }),
    pads: pads.map((zeros, i) => zeros + (rest[i - kernel.length] ?? 0)),
  })
}

/** [O, C/groups, ...k] as [C, O/groups, ...k], all axes of the kernel read backwards. */
function turnedFilter(c: LowerContext, filter: string, shape: Shape, groups: number): string {
  const [filters, depth, ...kernel] = shape as [number, number, ...number[]]
  const axes = kernel.flatMap((extent, axis) => (extent > 1 ? [axis + 2] : []))
  const all = (value: number): string => c.int64s(axes.map(() => value))
  const turned =
    axes.length > 0 ? c.node('Slice', [filter, all(-1), all(-(2 ** 31)), c.int64s(axes), all(-1)]) : filter
  const spatial = (from: number): number[] => kernel.map((_, axis) => axis + from)
  if (groups === 1) return c.node('Transpose', [turned], { perm: [1, 0, ...spatial(2)] })
  const parted = c.reshape(turned, [groups, filters / groups, depth, ...kernel])
  const swapped = c.node('Transpose', [parted], { perm: [0, 2, 1, ...spatial(3)] })
  return c.reshape(swapped, [groups * depth, filters / groups, ...kernel])
}

/** g with stride − 1 zeros between its places. */
function spreadApart(c: LowerContext, g: string, shape: Shape, stride: readonly number[]): string {
  const [batch, channels, ...places] = shape as [number, number, ...number[]]
  const apart = c.reshape(g, [batch, channels, ...places.flatMap((extent) => [extent, 1])])
  const none = new Array<number>(2 + 2 * places.length).fill(0)
  const after = [0, 0, ...stride.flatMap((s) => [0, s - 1])]
  const padded = c.node('Pad', [apart, c.int64s([...none, ...after])])
  const wide = places.map((extent, axis) => extent * stride[axis]!)
  const whole = c.reshape(padded, [batch, channels, ...wide])
  const ends = wide.map((extent, axis) => extent - stride[axis]! + 1)
  const axes = places.map((_, axis) => axis + 2)
  return c.node('Slice', [whole, c.int64s(axes.map(() => 0)), c.int64s(ends), c.int64s(axes)])
}

/** The least extents of which a convolution makes this many places. */
function smallestSize(places: Shape, kernel: Shape, attributes: ConvolutionAttributes): number[] {
  const { stride, dilation, padding } = attributes
  return places.map((extent, axis) => {
    const [before, after] = padding[axis]!
    return stride[axis]! * (extent - 1) + dilation[axis]! * (kernel[axis]! - 1) + 1 - before - after
  })
}

/**
 * The transpose of x ↦ conv(x, w): x [B, O, ...n] and w [O, C/groups, ...k] give [B, C, ...size], each place of x
 * sending the filter out, with `stride` places from one to the next (Zeiler et al. 2010).
 *
 * `size` are the spatial extents of the result; unless given, n·stride where padding is `same`, which it is by default,
 * and else the smallest that fit.
 * @throws where a convolution of `size` with these settings would not have n places.
 */
export function convTranspose(
  x: Tensor,
  w: Tensor,
  options: ConvolutionOptions & { readonly size?: Shape } = {},
): Tensor {
  const name = 'convTranspose'
  const [places, kernel] = [spatialOf(name, x), spatialOf(name, w)]
  const stride = perAxis(name, 'stride', options.stride ?? 1, places.length)
  const wide = options.size ?? places.map((extent, axis) => extent * stride[axis]!)
  if (wide.length !== places.length)
    throw shapeError(`${name}: the size ${showShape(wide)} is none for ${showShape(x.shape)}.`)
  const settings = convolutionAttributes(name, options, wide, kernel)
  const same = (options.padding ?? 'same') === 'same'
  const size = options.size ?? (same ? wide : smallestSize(places, kernel, settings))
  const attributes: TransposeAttributes = { ...settings, size: [...size] }
  const { shape } = convTransposeOperation.infer([x, w], attributes)
  return zerosOf([x, w], shape) ?? make(convTransposeOperation, [x, w], attributes)
}
