import type { LowerContext } from '../../operation.ts'
import { type Shape, sameShape, sizeOf } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'

/**
 * A value *in blocks*: its elements in the order of ONNX Runtime's NCHWc kernels, under its own shape. Read as
 * [rows, b, places], with b the block's channels, it lies in memory as [rows, places, b].
 *
 * The order knows nothing of the shape but the number of places. So another shape changes nothing, what is done to each
 * element is done as ever, and whatever is constant over whole blocks (b · places elements in a row) fits as it is.
 */
export interface BlockedForm {
  /** Places of the result's order; undefined where it is an ordinary value. */
  readonly places: number | undefined
  /** Writes the nodes and returns the result's name; `more` only where the form takes it. */
  readonly write: (c: BlockedContext, more?: More) => string
  /** What the last operator can do besides, at no further pass over the values. */
  readonly takes?: Takes
}

/** What a convolution adds to its result, and whether it first changes its sign. */
export interface More {
  /** One number for each filter. */
  readonly bias?: string
  /** A value in blocks, of the result's size. */
  readonly sum?: string
  readonly negative?: boolean
}

export interface Takes {
  readonly sum: boolean
  /** How many numbers its bias has: one a channel, or one a channel of each example. */
  readonly bias?: number
  readonly negative: boolean
}

/** How an operation is computed in blocks; undefined where it is not. */
export type BlockedRule = (tensor: Tensor, layout: Layout) => BlockedForm | undefined

/** What is known of the values in blocks while the forms are chosen, inputs first. */
export interface Layout {
  /** Channels in a block. */
  readonly block: number
  /** Places of the order that a tensor is computed in; undefined for an ordinary one. */
  placesOf(tensor: Tensor): number | undefined
  /** Places of the order that somebody wants a tensor in, if somebody does. */
  wanted(tensor: Tensor): number | undefined
}

export interface BlockedContext extends LowerContext {
  readonly block: number
  /** A tensor's value in blocks over so many places, converted where it is not. */
  inBlocks(tensor: Tensor, places: number): string
  /** Name of a tensor's ordinary value. */
  plain(tensor: Tensor): string
}

/** The domain of ONNX Runtime's operators on blocks; the runtime calls them internal, so they are tried before use. */
export const nchwc = 'com.microsoft.nchwc:'

/** Whether the value can be put in blocks over so many places. */
export function fits(shape: Shape, places: number, block: number): boolean {
  const size = sizeOf(shape)
  return size > 0 && size % (block * places) === 0
}

/** Whether an operand is constant over the places of a result in blocks, so that a row of them needs one number. */
export function isPerRow(x: Tensor, result: Tensor, places: number): boolean {
  return constantEnd(x.shape, result.shape).elements % places === 0
}

/** An operand that is constant over the places of a result of this shape, as one number for each row of them. */
export function rowNumbers(c: BlockedContext, x: Tensor, shape: Shape, places: number): string {
  const { axes, elements } = constantEnd(x.shape, shape)
  const own = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape]
  const kept = own.slice(0, shape.length - axes)
  const whole = [...shape.slice(0, shape.length - axes), elements / places]
  const apart = c.reshape(c.plain(x), [...kept, 1])
  const filled = sameShape([...kept, 1], whole) ? apart : c.node('Expand', [apart, c.int64s(whole)])
  return c.reshape(filled, [sizeOf(whole)])
}

/** How many of the last axes `from` repeats along when it is stretched to `to`, and the elements that they hold. */
export function constantEnd(from: Shape, to: Shape): { readonly axes: number; readonly elements: number } {
  let [axes, elements] = [0, 1]
  while (axes < to.length && (from[from.length - 1 - axes] ?? 1) === 1) {
    axes++
    elements *= to[to.length - axes]!
  }
  return { axes, elements }
}

/** Height and width of [B, C, ...n]: a series has the height 1. */
export function plane(shape: Shape): [height: number, width: number] {
  return shape.length === 3 ? [1, shape[2]!] : [shape[2]!, shape[3]!]
}

/** The next multiple. */
export function roundUp(n: number, block: number): number {
  return Math.ceil(n / block) * block
}
