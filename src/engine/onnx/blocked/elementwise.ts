import type { Operation } from '../../operation.ts'
import { add } from '../../ops/add.ts'
import { operandsOf } from '../../ops/broadcast-to.ts'
import { div } from '../../ops/div.ts'
import { mul } from '../../ops/mul.ts'
import { sigmoid } from '../../ops/sigmoid.ts'
import { silu } from '../../ops/silu.ts'
import { sub } from '../../ops/sub.ts'
import { sameShape, sizeOf } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import {
  type BlockedContext,
  type BlockedForm,
  type BlockedRule,
  constantEnd,
  fits,
  isPerRow,
  type More,
  nchwc,
  rowNumbers,
} from './rule.ts'

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
  const depthwise = perRow(tensor, operands, places)
  if (kinds.includes(undefined)) return undefined
  if (kinds.includes('channels')) return depthwise
  const asEver = (c: BlockedContext): string => {
    const given = operands.map((x, i) => (kinds[i] === 'blocks' ? c.inBlocks(x, places) : c.plain(x)))
    const shorter = shorterForms.get(tensor.operation)
    if (shorter) return shorter(c, given)
    return tensor.operation.lower({
      ...c,
      input: (i) => given[i]!,
      inputs: () => given,
      stretchedOperands: () => given,
    })
  }
  return {
    ...depthwise,
    places,
    write: (c, more) => (more && depthwise ? depthwise.write(c, more) : asEver(c)),
  }
}

/**
 * ONNX Runtime's own Sigmoid, half the time of the exact form: it errs by 1e-7 whatever the value, which is float32's
 * own error in the sums that convolutions make of what comes out, and not in the tails of a single number.
 */
const shorterForms: ReadonlyMap<Operation, (c: BlockedContext, operands: readonly string[]) => string> =
  new Map<Operation, (c: BlockedContext, operands: readonly string[]) => string>([
    [sigmoid.operation, (c, [x]) => c.node('Sigmoid', [x!])],
    [silu.operation, (c, [x]) => c.node('Mul', [x!, c.node('Sigmoid', [x!])])],
  ])

type Kind = 'blocks' | 'constant' | 'channels'

/** How an operand meets a result in blocks. */
function kindOf(x: Tensor, result: Tensor, places: number, block: number): Kind | undefined {
  if (sameShape(x.shape, result.shape)) return 'blocks'
  if (sizeOf(x.shape) === 1) return 'constant'
  const { elements } = constantEnd(x.shape, result.shape)
  if (elements % (block * places) === 0) return 'constant'
  return isPerRow(x, result, places) ? 'channels' : undefined
}

/** The operations with one number for each row of places: whether that is a factor or a summand. */
const affine: ReadonlyMap<Operation, 'factor' | 'summand'> = new Map([
  [add.operation, 'summand'],
  [sub.operation, 'summand'],
  [mul.operation, 'factor'],
  [div.operation, 'factor'],
])

/** x + c, x − c, c − x, x c and x / c with c the same at all places: a convolution of each channel for itself. */
function perRow(tensor: Tensor, operands: readonly Tensor[], places: number): BlockedForm | undefined {
  const { operation } = tensor
  const role = affine.get(operation)
  const whole = operands.findIndex((x) => sameShape(x.shape, tensor.shape))
  const number = operands[1 - whole]
  if (!role || !number || tensor.dtype !== 'float32' || sameShape(number.shape, tensor.shape))
    return undefined
  const isDivided = operation === div.operation
  if (!isPerRow(number, tensor, places) || (isDivided && whole === 1)) return undefined
  const isSub = operation === sub.operation
  const rows = sizeOf(tensor.shape) / places
  return {
    places,
    takes: { sum: true, negative: role === 'factor', ...(role === 'factor' ? { bias: rows } : {}) },
    write: (c, more = {}) => {
      const given = rowNumbers(c, number, tensor.shape, places)
      const own = isDivided ? c.node('Reciprocal', [given]) : given
      const image = c.inBlocks(operands[whole]!, places)
      if (role === 'factor')
        return depthwise(c, tensor, {
          image,
          places,
          filter: more.negative ? c.node('Neg', [own]) : own,
          more,
        })
      const bias = isSub && whole === 0 ? c.node('Neg', [own]) : own
      const filter = isSub && whole === 1 ? c.node('Neg', [c.ones([rows])]) : c.ones([rows])
      return depthwise(c, tensor, { image, places, filter, more: { ...more, bias } })
    },
  }
}

/** filter · image + bias + sum, with one number a row of places for the first and third. */
function depthwise(
  c: BlockedContext,
  { shape }: Tensor,
  {
    image,
    places,
    filter,
    more: { bias, sum },
  }: { readonly image: string; readonly places: number; readonly filter: string; readonly more: More },
): string {
  const rows = sizeOf(shape) / places
  const plane = (value: string): string => c.reshape(value, [1, rows, 1, places])
  const inputs = [plane(image), c.reshape(filter, [rows, 1, 1, 1]), ...addends(bias, sum && plane(sum))]
  return c.reshape(c.node(`${nchwc}Conv`, inputs, { kernel_shape: [1, 1], group: rows }), shape)
}

/** The third and fourth input of a convolution. */
export function addends(bias: string | undefined, sum: string | undefined): string[] {
  if (sum !== undefined) return [bias ?? '', sum]
  return bias === undefined ? [] : [bias]
}
