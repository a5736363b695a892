import type { Operation } from '../../operation.ts'
import { averagePoolOperation } from '../../ops/average-pool.ts'
import { concatOperation } from '../../ops/concat.ts'
import { padOperation } from '../../ops/pad.ts'
import { reshapeOperation } from '../../ops/reshape.ts'
import { sliceOperation } from '../../ops/slice.ts'
import { sumOperation } from '../../ops/sum.ts'
import { transposeOperation } from '../../ops/transpose.ts'
import { upsampleOperation } from '../../ops/upsample.ts'
import { type Shape, sizeOf } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { type BlockedContext, type BlockedForm, type BlockedRule, fits, nchwc, plane } from './rule.ts'

/** The operation's own form, on inputs in blocks. */
function asEver(tensor: Tensor, places: number, gives: number | undefined): BlockedForm {
  return {
    places: gives,
    write: (c) => {
      const given = (i: number): string => c.inBlocks(tensor.inputs[i]!, places)
      return tensor.operation.lower({
        ...c,
        input: given,
        inputs: () => tensor.inputs.map((_, i) => given(i)),
      })
    },
  }
}

/** Another shape is the same order. */
const reshapeInBlocks: BlockedRule = (tensor, { placesOf }) => {
  const places = placesOf(tensor.inputs[0]!)
  return places === undefined ? undefined : asEver(tensor, places, places)
}

/** Parts of whole blocks are cut out, put together and put between zeros as ever. */
const slicedInBlocks: BlockedRule = (tensor, { block, placesOf }) => {
  const places = tensor.inputs.map(placesOf).find(Boolean)
  const {
    axis,
    start = 0,
    end = 0,
    step = 1,
    before = 0,
    after = 0,
  } = tensor.attributes as {
    axis: number
    start?: number
    end?: number
    step?: number
    before?: number
    after?: number
  }
  if (places === undefined || tensor.dtype !== 'float32' || step !== 1) return undefined
  const inner = sizeOf(tensor.shape.slice(axis + 1))
  const cuts = [start, end, before, after, ...tensor.inputs.map(({ shape }) => shape[axis]!)]
  const whole = cuts.every((cut) => (cut * inner) % (block * places) === 0)
  return whole && fits(tensor.shape, places, block) ? asEver(tensor, places, places) : undefined
}

/** Sums over whole blocks do not feel the order; sums over the places are pools. */
const sumInBlocks: BlockedRule = (tensor, { block, placesOf }) => {
  const [x] = tensor.inputs as [Tensor]
  const places = placesOf(x)
  if (places === undefined || tensor.dtype !== 'float32') return undefined
  const axes = tensor.attributes['axes'] as readonly number[]
  const { shape } = x
  let end = shape.length
  while (axes.includes(end - 1)) end--
  const summed = sizeOf(shape.slice(end))
  if (summed % (block * places) === 0) return asEver(tensor, places, undefined)
  const rest = shape.slice(axes.length)
  const leading = axes.every((axis, i) => axis === i)
  if (leading && end === shape.length && fits(rest, places, block)) return asEver(tensor, places, places)
  if (summed % places !== 0) return undefined
  return { places: undefined, write: (c) => pooledSum(c, x, places, axes, end) }
}

/** Σ over the last axes from `end` on, whose elements are whole rows of places, and over some of the axes before. */
function pooledSum(
  c: BlockedContext,
  x: Tensor,
  places: number,
  axes: readonly number[],
  end: number,
): string {
  const rows = sizeOf(x.shape) / places
  const image = c.reshape(c.inBlocks(x, places), [1, rows, 1, places])
  const means = c.node(`${nchwc}GlobalAveragePool`, [image])
  const before = x.shape.slice(0, end)
  const together = sizeOf(x.shape.slice(end)) / places
  const sums = c.node('Mul', [c.reshape(means, [...before, together]), c.float(places)])
  const left = [...axes.filter((axis) => axis < end), ...(together > 1 ? [end] : [])]
  if (left.length === 0) return c.reshape(sums, c.tensor.shape)
  const leading = left.length === 1 && left[0] === 0
  const total = leading
    ? c.node('Gemm', [c.ones([1, before[0]!]), c.reshape(sums, [before[0]!, rows / before[0]!])])
    : c.node('ReduceSum', [sums, c.int64s(left)], { keepdims: 0 })
  return c.reshape(total, c.tensor.shape)
}

/** The axis of channels before the places, if the shape has axes so. */
function channelAxis(shape: Shape, places: number, block: number): number | undefined {
  let [axis, elements] = [shape.length, 1]
  while (axis > 0 && elements < places) elements *= shape[--axis]!
  while (axis > 1 && shape[axis - 1] === 1 && elements === places) axis--
  return elements === places && axis > 0 && shape[axis - 1]! % block === 0 ? axis - 1 : undefined
}

/** Axes in another order: from blocks, or into blocks that somebody wants, in one step. */
const transposeInBlocks: BlockedRule = (tensor, { block, placesOf, wanted }) => {
  const [x] = tensor.inputs as [Tensor]
  const permutation = tensor.attributes['permutation'] as readonly number[]
  const from = placesOf(x)
  if (from !== undefined) {
    const channels = channelAxis(x.shape, from, block)
    return channels === undefined
      ? undefined
      : { places: undefined, write: (c) => outOfBlocks(c, x, from, channels, permutation) }
  }
  const to = wanted(tensor)
  const channels = to === undefined ? undefined : channelAxis(tensor.shape, to, block)
  if (to === undefined || channels === undefined) return undefined
  return { places: to, write: (c) => intoBlocks(c, x, channels, permutation) }
}

function outOfBlocks(
  c: BlockedContext,
  x: Tensor,
  places: number,
  channels: number,
  permutation: readonly number[],
): string {
  const { block } = c
  const last = x.shape.length
  const lying = [...x.shape.map((extent, axis) => (axis === channels ? extent / block : extent)), block]
  const perm = permutation.flatMap((axis) => (axis === channels ? [axis, last] : [axis]))
  const moved = c.node('Transpose', [c.reshape(c.inBlocks(x, places), lying)], { perm })
  return c.reshape(moved, c.tensor.shape)
}

function intoBlocks(c: BlockedContext, x: Tensor, channels: number, permutation: readonly number[]): string {
  const { block } = c
  const source = permutation[channels]!
  const parted = x.shape.flatMap((extent, axis) => (axis === source ? [extent / block, block] : [extent]))
  const at = (axis: number): number => (axis > source ? axis + 1 : axis)
  const perm = [...permutation.map(at), source + 1]
  const moved = c.node('Transpose', [c.reshape(c.plain(x), parted)], { perm })
  return c.reshape(moved, c.tensor.shape)
}

/** Pools and nearest neighbours, where the channels come out even in blocks. */
const resampledInBlocks =
  (op: string, attributes: (tensor: Tensor) => Record<string, readonly number[]>): BlockedRule =>
  (tensor, { block, placesOf, wanted }) => {
    const [x] = tensor.inputs as [Tensor]
    const { shape } = x
    const places = sizeOf(shape.slice(2))
    if (shape.length > 4 || shape[1]! % block !== 0 || sizeOf(shape) === 0) return undefined
    if (placesOf(x) !== places && wanted(tensor) === undefined) return undefined
    return {
      places: sizeOf(tensor.shape.slice(2)),
      write: (c) => {
        const image = c.reshape(c.inBlocks(x, places), [shape[0]!, shape[1]!, ...plane(shape)])
        return c.reshape(c.node(nchwc + op, [image], attributes(tensor)), tensor.shape)
      },
    }
  }

/** One number for each axis of a plane. */
const ofPlane = (values: unknown): number[] => {
  const given = values as readonly number[]
  return given.length === 1 ? [1, given[0]!] : [...given]
}

export const axesInBlocks: readonly (readonly [Operation, BlockedRule])[] = [
  [reshapeOperation, reshapeInBlocks],
  [sliceOperation, slicedInBlocks],
  [concatOperation, slicedInBlocks],
  [padOperation, slicedInBlocks],
  [sumOperation, sumInBlocks],
  [transposeOperation, transposeInBlocks],
  [
    averagePoolOperation,
    resampledInBlocks('AveragePool', ({ attributes }) => {
      const size = ofPlane(attributes['size'])
      return { kernel_shape: size, strides: size }
    }),
  ],
  [
    upsampleOperation,
    resampledInBlocks('Upsample', ({ attributes }) => ({ scales: [1, 1, ...ofPlane(attributes['factor'])] })),
  ],
]
