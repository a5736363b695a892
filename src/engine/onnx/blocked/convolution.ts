import type { Operation } from '../../operation.ts'
import { convOperation } from '../../ops/conv.ts'
import { convFilterOperation } from '../../ops/conv-filter.ts'
import { convTransposeOperation } from '../../ops/conv-transpose.ts'
import type { ConvolutionAttributes } from '../../ops/convolution.ts'
import { type Shape, sizeOf } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { addends } from './elementwise.ts'
import { type BlockedContext, type BlockedForm, type BlockedRule, nchwc, plane, roundUp } from './rule.ts'

/** Zeros around a plane, [before, after] each. */
interface Zeros {
  readonly height: readonly [number, number]
  readonly width: readonly [number, number]
}

/** Filters that move place by place over series and pictures, wide enough that a block is not mostly zeros. */
function isPlain({ stride, dilation, groups }: ConvolutionAttributes, w: Shape, block: number): boolean {
  const ones = [...stride, ...dilation, groups].every((n) => n === 1)
  return ones && w.length <= 4 && sizeOf(w) > 0 && Math.max(w[0]!, w[1]!) >= block
}

function zerosOf(padding: readonly (readonly [number, number])[]): Zeros {
  const [height, width] = padding.length === 1 ? [[0, 0] as const, padding[0]!] : padding
  return { height: height!, width: width! }
}

/** The zeros under which the filter, turned round, undoes where it was: as far as it reaches over the other end. */
function turned({ height, width }: Zeros, kernel: readonly [number, number]): Zeros {
  const other = ([before, after]: readonly [number, number], k: number): [number, number] => [
    k - 1 - before,
    k - 1 - after,
  ]
  return { height: other(height, kernel[0]), width: other(width, kernel[1]) }
}

const isPadding = ({ height, width }: Zeros): boolean => [...height, ...width].every((zeros) => zeros >= 0)

const convInBlocks: BlockedRule = (tensor, { block }) => {
  const [x, w] = tensor.inputs as [Tensor, Tensor]
  const settings = tensor.attributes as ConvolutionAttributes
  if (!isPlain(settings, w.shape, block) || sizeOf(x.shape) === 0) return undefined
  return convolution(tensor, x, w, { block, zeros: zerosOf(settings.padding), back: false })
}

/** With a stride of 1 the transpose is a convolution, too. */
const convTransposeInBlocks: BlockedRule = (tensor, { block }) => {
  const [g, w] = tensor.inputs as [Tensor, Tensor]
  const settings = tensor.attributes as ConvolutionAttributes
  const zeros = turned(zerosOf(settings.padding), plane(w.shape))
  if (!isPlain(settings, w.shape, block) || !isPadding(zeros) || sizeOf(g.shape) === 0) return undefined
  return convolution(tensor, g, w, { block, zeros, back: true })
}

/** The operator on blocks. `back`: with the filter [in, out, …] turned round instead of [out, in, …]. */
function convolution(
  tensor: Tensor,
  x: Tensor,
  w: Tensor,
  { block, zeros, back }: { readonly block: number; readonly zeros: Zeros; readonly back: boolean },
): BlockedForm {
  const [outputs, inputs] = back ? [w.shape[1]!, w.shape[0]!] : [w.shape[0]!, w.shape[1]!]
  const wide = roundUp(outputs, block)
  const even = wide === outputs
  return {
    places: even ? sizeOf(tensor.shape.slice(2)) : undefined,
    ...(even ? { takes: { sum: true, bias: outputs, negative: false } } : {}),
    write: (c, { bias, sum } = {}) => {
      const image = imageOf(c, x)
      const filter = filterOf(c, w, back)
      const flat = [tensor.shape[0]!, outputs, ...plane(tensor.shape)]
      const made = c.node(`${nchwc}Conv`, [image, filter, ...addends(bias, sum && c.reshape(sum, flat))], {
        kernel_shape: plane(w.shape),
        pads: [zeros.height[0], zeros.width[0], zeros.height[1], zeros.width[1]],
      })
      // Channels that were put in to fill a block are left out again.
      const whole = even ? made : c.node(`${nchwc}ReorderOutput`, [made], { channels: outputs })
      return tensor.shape.length === 4 ? whole : c.reshape(whole, tensor.shape)
    },
  }

  /** Fewer channels than a block are read as they are; others are filled up to whole blocks. */
  function imageOf(c: BlockedContext, source: Tensor): string {
    return inputs < block
      ? c.reshape(c.plain(source), [x.shape[0]!, inputs, ...plane(x.shape)])
      : filled(c, source)
  }

  /** [out/b, in/b, k, b in, b out], and [out/b, in, k, b out] for fewer input channels than a block. */
  function filterOf(c: BlockedContext, filter: Tensor, transposed: boolean): string {
    const kernel = plane(filter.shape)
    const taps = sizeOf(kernel)
    const few = inputs < block
    const deep = few ? inputs : roundUp(inputs, block)
    const [rows, columns] = transposed ? [deep, wide] : [wide, deep]
    const whole = padTo(
      c,
      c.reshape(c.plain(filter), [filter.shape[0]!, filter.shape[1]!, taps]),
      filter.shape,
      [rows, columns],
    )
    const parts = (n: number): number[] => [n / block, block]
    const [split, flipped, perm] = few
      ? transposed
        ? [[rows, ...parts(columns), taps], 3, [1, 0, 3, 2]]
        : [[...parts(rows), columns, taps], 3, [0, 2, 3, 1]]
      : [[...parts(rows), ...parts(columns), taps], 4, transposed ? [2, 0, 4, 1, 3] : [0, 2, 4, 3, 1]]
    const apart = c.reshape(whole, split)
    const round = transposed && taps > 1 ? reversed(c, apart, flipped) : apart
    return c.reshape(c.node('Transpose', [round], { perm }), [wide, deep, ...kernel])
  }
}

/** A tensor in blocks, its channels filled up with zeros, as [B, C, height, width]. */
function filled(c: BlockedContext, x: Tensor): string {
  const [batch, channels] = x.shape as [number, number]
  const places = sizeOf(x.shape.slice(2))
  const flat = [batch, channels, ...plane(x.shape)]
  if (channels % c.block === 0) return c.reshape(c.inBlocks(x, places), flat)
  const more = roundUp(channels, c.block) - channels
  const padded = c.node('Pad', [c.reshape(c.plain(x), flat), c.int64s([0, 0, 0, 0, 0, more, 0, 0])])
  return c.node(`${nchwc}ReorderInput`, [padded])
}

/** Zeros after the first two axes of [n, m, taps]. */
function padTo(
  c: BlockedContext,
  value: string,
  from: Shape,
  [rows, columns]: readonly [number, number],
): string {
  const [more, wider] = [rows - from[0]!, columns - from[1]!]
  return more === 0 && wider === 0 ? value : c.node('Pad', [value, c.int64s([0, 0, 0, more, wider, 0])])
}

function reversed(c: BlockedContext, value: string, axis: number): string {
  return c.node('Slice', [value, c.int64s([-1]), c.int64s([-(2 ** 31)]), c.int64s([axis]), c.int64s([-1])])
}

/**
 * A filter's gradient is a convolution again, with examples for channels: one operand is the picture [C, B, n], the
 * other the filter [O, B, places], and what they make is [C, O, k]. The smaller of the two is the picture; if that is g,
 * the kernel comes out mirrored.
 */
const convFilterInBlocks: BlockedRule = (tensor, { block }) => {
  const [x, g] = tensor.inputs as [Tensor, Tensor]
  const settings = tensor.attributes as ConvolutionAttributes
  const kernel = plane(tensor.shape)
  if (!isPlain(settings, tensor.shape, block) || sizeOf(x.shape) === 0) return undefined
  if (
    sizeOf(kernel) === 1 &&
    isPadding(zerosOf(settings.padding)) &&
    sizeOf(x.shape.slice(2)) === sizeOf(g.shape.slice(2))
  )
    return { places: undefined, write: (c) => rowsProduct(c, x, g) }
  const zeros = zerosOf(settings.padding)
  const mirrored = turned(zeros, kernel)
  const swapped = x.shape[1]! > g.shape[1]! && isPadding(mirrored)
  return {
    places: undefined,
    write: (c) => {
      const [picture, filter] = swapped ? [g, x] : [x, g]
      const { height, width } = swapped ? mirrored : zeros
      const examples = roundUp(x.shape[0]!, block)
      const made = c.node(
        `${nchwc}Conv`,
        [turnedPicture(c, picture, width, examples), turnedFilter(c, filter, examples)],
        {
          kernel_shape: plane(filter.shape),
          pads: [height[0], 0, height[1], 0],
        },
      )
      const whole = c.node(`${nchwc}ReorderOutput`, [made], { channels: filter.shape[1]! })
      if (!swapped) return c.reshape(c.node('Transpose', [whole], { perm: [1, 0, 2, 3] }), tensor.shape)
      const flat = c.reshape(whole, [g.shape[1]!, x.shape[1]!, sizeOf(kernel)])
      return c.reshape(sizeOf(kernel) > 1 ? reversed(c, flat, 2) : flat, tensor.shape)
    },
  }
}

/** A filter of one place: the product of all places of g and of x, [B n, O]ᵀ [B n, C]. */
function rowsProduct(c: BlockedContext, x: Tensor, g: Tensor): string {
  const rows = (t: Tensor): string => {
    const [batch, channels] = t.shape as [number, number]
    const places = sizeOf(t.shape.slice(2))
    if (channels % c.block !== 0) {
      const last = c.node('Transpose', [c.reshape(c.plain(t), [batch, channels, places])], {
        perm: [0, 2, 1],
      })
      return c.reshape(last, [batch * places, channels])
    }
    const lying = c.reshape(c.inBlocks(t, places), [batch, channels / c.block, places, c.block])
    return c.reshape(c.node('Transpose', [lying], { perm: [0, 2, 1, 3] }), [batch * places, channels])
  }
  return c.reshape(c.node('Gemm', [rows(g), rows(x)], { transA: 1 }), c.tensor.shape)
}

/** [B, C, n] as a picture of B channels, [C, B, height, width] in blocks of examples, with zeros on both sides. */
function turnedPicture(
  c: BlockedContext,
  x: Tensor,
  width: readonly [number, number],
  examples: number,
): string {
  const { block } = c
  const [batch, channels] = x.shape as [number, number]
  const [high, wide] = plane(x.shape)
  const broad = wide + width[0] + width[1]
  // Zeros beside each row: the kernel is quick only where it does not reach over the ends of the rows.
  const pad = (value: string, rows: number, unit: number): string => {
    const amounts = [0, 0, width[0] * unit, examples - batch, 0, width[1] * unit]
    const flat = c.reshape(value, [batch, rows, wide * unit])
    return amounts.some((zeros) => zeros > 0) ? c.node('Pad', [flat, c.int64s(amounts)]) : flat
  }
  const places = high * broad
  const shape = [channels, examples, high, broad]
  if (channels % block !== 0) {
    const padded = pad(c.plain(x), channels * high, 1)
    const lying = c.reshape(padded, [examples / block, block, channels, places])
    return c.reshape(c.node('Transpose', [lying], { perm: [2, 0, 3, 1] }), shape)
  }
  const padded = pad(c.inBlocks(x, high * wide), (channels / block) * high, block)
  const lying = c.reshape(padded, [examples / block, block, channels / block, places, block])
  // In two steps: whole blocks first, then out of blocks over all examples and places, as one long picture.
  const rows = c.node('Transpose', [lying], { perm: [2, 0, 3, 1, 4] })
  const long = c.reshape(rows, [1, channels, 1, examples * places])
  return c.reshape(c.node(`${nchwc}ReorderOutput`, [long], { channels }), shape)
}

/** [B, C, n] as a filter of C channels over B, [C, B, height, width] in blocks of both. */
function turnedFilter(c: BlockedContext, x: Tensor, examples: number): string {
  const { block } = c
  const batch = x.shape[0]!
  const channels = roundUp(x.shape[1]!, block)
  const [high, wide] = plane(x.shape)
  const size = (channels / block) * high * wide * block
  const flat = c.reshape(filled(c, x), [batch, size])
  const whole = examples > batch ? c.node('Pad', [flat, c.int64s([0, 0, examples - batch, 0])]) : flat
  const lying = c.reshape(whole, [examples / block, block, channels / block, high * wide, block])
  return c.reshape(c.node('Transpose', [lying], { perm: [2, 0, 3, 1, 4] }), [channels, examples, high, wide])
}

export const convolutionsInBlocks: readonly (readonly [Operation, BlockedRule])[] = [
  [convOperation, convInBlocks],
  [convTransposeOperation, convTransposeInBlocks],
  [convFilterOperation, convFilterInBlocks],
]
