import { add } from '../../ops/add.ts'
import { operandsOf } from '../../ops/broadcast-to.ts'
import { div } from '../../ops/div.ts'
import { mul } from '../../ops/mul.ts'
import { sub } from '../../ops/sub.ts'
import { sameShape, sizeOf } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { type BlockedContext, type BlockedForm, type BlockedRule, constantEnd, fits, nchwc } from './rule.ts'

/**
 * What is done to each element alone, where an operand is in blocks: the others are brought into the same order, or
 * are constant over whole blocks and stay as they are.
 */
export const elementwiseInBlocks: BlockedRule = (tensor, { block, placesOf }) => {
  const operands = operandsOf(tensor)
  const places = operands
    .map((x) => (sameShape(x.shape, tensor.shape) ? placesOf(x) : undefined))
    .find(Boolean)
  if (places === undefined || !fits(tensor.shape, places, block)) return undefined
  const kinds = operands.map((x) => kindOf(x, tensor, places, block))
  if (kinds.every((kind) => kind !== undefined && kind !== 'channels')) {
    const names = (c: BlockedContext): string[] =>
      operands.map((x, i) => (kinds[i] === 'blocks' ? c.inBlocks(x, places) : c.plain(x)))
    return {
      places,
      write: (c) => {
        const given = names(c)
        return tensor.operation.lower({
          ...c,
          input: (i) => given[i]!,
          inputs: () => given,
          stretchedOperands: () => given,
        })
      },
    }
  }
  return perChannel(tensor, operands, kinds, places)
}

type Kind = 'blocks' | 'constant' | 'channels'

/** How an operand meets a result in blocks. */
function kindOf(x: Tensor, result: Tensor, places: number, block: number): Kind | undefined {
  if (sameShape(x.shape, result.shape)) return 'blocks'
  if (sizeOf(x.shape) === 1) return 'constant'
  const { elements } = constantEnd(x.shape, result.shape)
  if (elements % (block * places) === 0) return 'constant'
  return elements % places === 0 ? 'channels' : undefined
}

/** Operations with one number a channel, as a filter of one place with these factors and summands. */
const affine = new Map([
  [add.operation, { factor: 1, summand: true }],
  [sub.operation, { factor: 1, summand: true }],
  [mul.operation, { factor: 0, summand: false }],
  [div.operation, { factor: 0, summand: false }],
])

/** x + c, x − c, c − x, x c and x / c with c the same at all places: a convolution of each channel for itself. */
function perChannel(
  tensor: Tensor,
  operands: readonly Tensor[],
  kinds: readonly (Kind | undefined)[],
  places: number,
): BlockedForm | undefined {
  const { operation } = tensor
  const form = affine.get(operation)
  const at = kinds.indexOf('channels')
  const other = 1 - at
  if (!form || tensor.dtype !== 'float32' || kinds[other] !== 'blocks') return undefined
  if (operation === div.operation && at === 0) return undefined
  return {
    places,
    write: (c) => {
      const rows = sizeOf(tensor.shape) / places
      const own = channelVector(c, operands[at]!, tensor, places)
      const image = c.reshape(c.inBlocks(operands[other]!, places), [1, rows, 1, places])
      const given = operation === div.operation ? c.node('Reciprocal', [own]) : own
      const negative = operation === sub.operation && at === 1
      const summand = negative ? c.node('Neg', [given]) : given
      const sign = operation === sub.operation && at === 0 ? c.node('Neg', [c.ones([rows])]) : c.ones([rows])
      const filter = c.reshape(form.summand ? sign : given, [rows, 1, 1, 1])
      const inputs = form.summand ? [image, filter, c.reshape(summand, [rows])] : [image, filter]
      return c.reshape(c.node(`${nchwc}Conv`, inputs, { kernel_shape: [1, 1], group: rows }), tensor.shape)
    },
  }
}

/** An operand that is constant over the places, as one number for each row of them, [rows]. */
function channelVector(c: BlockedContext, x: Tensor, result: Tensor, places: number): string {
  const { axes, elements } = constantEnd(x.shape, result.shape)
  const rank = result.shape.length
  const own = [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape].slice(0, rank - axes)
  const whole = [...result.shape.slice(0, rank - axes), elements / places]
  const apart = c.reshape(c.plain(x), [...own, 1])
  const filled = sameShape([...own, 1], whole) ? apart : c.node('Expand', [apart, c.int64s(whole)])
  return c.reshape(filled, [sizeOf(whole)])
}
