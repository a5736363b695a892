import type { ReferenceArray } from '../operation.ts'
import { type Shape, shapeError, showShape, sizeOf } from '../shape.ts'
import { type Attributes, showType, type Tensor, type TensorType } from '../tensor.ts'
import { broadcastTo, uniformValue } from './broadcast-to.ts'
import { constant } from './constant.ts'

/**
 * How a filter moves over pictures, series or volumes. A number stands for all spatial axes, a list names one each.
 *
 * `padding`: zeros around. `same` gives ⌈n/stride⌉ places, as many zeros before as after (one more after where they
 * are odd); `valid` none; a number that many on all sides; a list [before, after] of each axis.
 */
export interface ConvolutionOptions {
  /** Places from one application to the next; 1 unless given. */
  readonly stride?: number | readonly number[]
  /** Places from one element of the filter to the next; 1 unless given. */
  readonly dilation?: number | readonly number[]
  /** Channels are parted in so many groups, each with filters of its own; 1 unless given. */
  readonly groups?: number
  readonly padding?: Padding
}

/** Zeros around: by rule, so many on all sides, or [before, after] of each spatial axis. */
export type Padding = 'same' | 'valid' | number | readonly (readonly [number, number])[]

/** The options, spelled out axis by axis. */
export interface ConvolutionAttributes extends Record<string, unknown> {
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly groups: number
  readonly padding: readonly (readonly [number, number])[]
}

/** The options for a filter of this kernel that moves over these extents. */
export function convolutionAttributes(
  name: string,
  options: ConvolutionOptions,
  extents: Shape,
  kernel: Shape,
): ConvolutionAttributes {
  const stride = perAxis(name, 'stride', options.stride ?? 1, extents.length)
  const dilation = perAxis(name, 'dilation', options.dilation ?? 1, extents.length)
  const { groups = 1, padding = 'same' } = options
  if (!Number.isInteger(groups) || groups < 1)
    throw shapeError(`${name}: ${groups} groups cannot be.`, 'Groups are 1, 2, …')
  return { stride, dilation, groups, padding: extents.map((extent, axis) => zerosOf(padding, axis, extent)) }

  function zerosOf(padding: Padding, axis: number, extent: number): readonly [number, number] {
    if (padding === 'valid') return [0, 0]
    if (padding === 'same') {
      const span = dilation[axis]! * (kernel[axis]! - 1) + 1
      const places = Math.ceil(extent / stride[axis]!)
      const total = Math.max(0, (places - 1) * stride[axis]! + span - extent)
      return [Math.floor(total / 2), Math.ceil(total / 2)]
    }
    const [before, after] = typeof padding === 'number' ? [padding, padding] : (padding[axis] ?? [-1, -1])
    if (!Number.isInteger(before) || !Number.isInteger(after) || before < 0 || after < 0)
      throw shapeError(
        `${name}: the padding of spatial axis ${axis} is no pair of whole numbers from 0 on.`,
        'Give "same", "valid", a number, or [before, after] for each spatial axis.',
      )
    return [before, after]
  }
}

/** Settings spelled out, for samples: stride and dilation 1, and one group, unless told. */
export function moved<T extends Pick<ConvolutionAttributes, 'padding'>>(told: T): ConvolutionAttributes & T {
  const ones = told.padding.map(() => 1)
  return { stride: ones, dilation: ones, groups: 1, ...told }
}

/** One whole number from 1 on for each spatial axis. */
export function perAxis(
  name: string,
  what: string,
  value: number | readonly number[],
  rank: number,
): readonly number[] {
  const values = typeof value === 'number' ? Array.from({ length: rank }, () => value) : [...value]
  if (values.length !== rank || values.some((v) => !Number.isInteger(v) || v < 1))
    throw shapeError(
      `${name}: ${what} is [${values.join(', ')}]; there must be one whole number from 1 on for each of ${rank} spatial axes.`,
    )
  return values
}

/** The spatial extents of [B, C, ...extents]. @throws where there are not one to three. */
export function spatialOf(name: string, x: TensorType): Shape {
  if (x.dtype !== 'float32' || x.shape.length < 3 || x.shape.length > 5)
    throw shapeError(
      `${name}: ${showType(x)} is no batch of series, pictures or volumes.`,
      'It must be float32 [B, C, ...], with one to three spatial axes.',
    )
  return x.shape.slice(2)
}

/** Places that a filter of this kernel is applied at. */
export function placesOf(extents: Shape, kernel: Shape, attributes: ConvolutionAttributes): number[] {
  const { stride, dilation, padding } = attributes
  return extents.map((extent, axis) => {
    const [before, after] = padding[axis]!
    const span = dilation[axis]! * (kernel[axis]! - 1) + 1
    return Math.floor((extent + before + after - span) / stride[axis]!) + 1
  })
}

/**
 * Holds three shapes against each other: x [B, C, ...n], w [O, C/groups, ...k], and what the filter makes of x,
 * g [B, O, ...places].
 * @throws where they do not fit.
 */
export function requireFit(
  name: string,
  x: Shape,
  w: Shape,
  g: Shape,
  attributes: ConvolutionAttributes,
): void {
  const { groups } = attributes
  const places = placesOf(x.slice(2), w.slice(2), attributes)
  const fits =
    x.length === w.length &&
    x.length === g.length &&
    x[0] === g[0] &&
    x[1] === w[1]! * groups &&
    w[0] === g[1] &&
    w[0]! % groups === 0 &&
    places.every((extent, axis) => extent > 0 && extent === g[axis + 2])
  if (!fits)
    throw shapeError(
      `${name}: ${showShape(x)}, the filter ${showShape(w)} and ${showShape(g)} do not fit together (${describe(attributes)}).`,
      'Of [B, C, ...n] the filter [O, C/groups, ...k] makes [B, O, ...places], and its kernel must not reach past the zeros.',
    )
}

function describe({ stride, dilation, groups, padding }: ConvolutionAttributes): string {
  const zeros = padding.map((pair) => pair.join('+')).join(', ')
  return `stride ${stride.join(', ')}; dilation ${dilation.join(', ')}; groups ${groups}; zeros ${zeros}`
}

/**
 * Σ over all places and elements of the filter: calls `visit` with positions in x, w and g that belong together. The
 * one form x·w·g that a convolution and its two gradients are the derivatives of.
 */
export function eachTerm(
  shapes: { readonly x: Shape; readonly w: Shape; readonly g: Shape },
  attributes: ConvolutionAttributes,
  visit: (x: number, w: number, g: number) => void,
): void {
  const [batch, channels] = shapes.x as [number, number]
  const [filters, depth] = shapes.w as [number, number]
  const { groups } = attributes
  const pairs = axisPairs(shapes, attributes)
  const [xSize, wSize, gSize] = [shapes.x, shapes.w, shapes.g].map((shape) => sizeOf(shape.slice(2))) as [
    number,
    number,
    number,
  ]
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < filters; o++)
      for (let i = 0; i < depth; i++) {
        const channel = Math.floor(o / (filters / groups)) * depth + i
        const [x, w, g] = [
          (n * channels + channel) * xSize,
          (o * depth + i) * wSize,
          (n * filters + o) * gSize,
        ]
        for (const [dx, dw, dg] of pairs) visit(x + dx, w + dw, g + dg)
      }
}

/** Places in x, in the kernel and in g that belong together, as positions within one channel. */
function axisPairs(
  shapes: { readonly x: Shape; readonly w: Shape; readonly g: Shape },
  { stride, dilation, padding }: ConvolutionAttributes,
): [number, number, number][] {
  let pairs: [number, number, number][] = [[0, 0, 0]]
  for (let axis = 0; axis + 2 < shapes.x.length; axis++) {
    const [n, k, m] = [shapes.x, shapes.w, shapes.g].map((shape) => shape[axis + 2]!) as [
      number,
      number,
      number,
    ]
    const here: [number, number, number][] = []
    for (let place = 0; place < m; place++)
      for (let tap = 0; tap < k; tap++) {
        const at = place * stride[axis]! + tap * dilation[axis]! - padding[axis]![0]
        if (at >= 0 && at < n) here.push([at, tap, place])
      }
    pairs = pairs.flatMap(([x, w, g]) =>
      here.map(([at, tap, place]): [number, number, number] => [x * n + at, w * k + tap, g * m + place]),
    )
  }
  return pairs
}

/** Floating-point operations of the three: a product and a sum for each term, the zeros around counted too. */
export function convolutionFlops(w: Shape, g: Shape): number {
  return 2 * sizeOf(g) * sizeOf(w.slice(1))
}

/** ONNX's attributes for these. */
export function onnxAttributes(
  kernel: Shape,
  { stride, dilation, groups, padding }: ConvolutionAttributes,
): Record<string, number | readonly number[]> {
  return {
    kernel_shape: kernel,
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: [...padding.map(([before]) => before), ...padding.map(([, after]) => after)],
  }
}

/** One of x, w and g from the two others, in that order: the sum over all terms of their product. */
export function summed(
  shapes: { readonly x: Shape; readonly w: Shape; readonly g: Shape },
  into: 'x' | 'w' | 'g',
  of: readonly [ReferenceArray, ReferenceArray],
  attributes: Attributes,
): Float64Array {
  const result = new Float64Array(sizeOf(shapes[into]))
  const [a, b] = [of[0].data, of[1].data]
  eachTerm(shapes, attributes as ConvolutionAttributes, (x, w, g) => {
    if (into === 'g') result[g]! += a[x]! * b[w]!
    else if (into === 'x') result[x]! += a[g]! * b[w]!
    else result[w]! += a[x]! * b[g]!
  })
  return result
}

/** Zeros of this shape where one of the factors is 0 everywhere. */
export function zerosOf(factors: readonly Tensor[], shape: Shape): Tensor | undefined {
  return factors.some((x) => uniformValue(x) === 0) ? broadcastTo(constant(0), shape) : undefined
}
