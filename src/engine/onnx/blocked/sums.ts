import { add } from '../../ops/add.ts'
import { operandsOf } from '../../ops/broadcast-to.ts'
import { sub } from '../../ops/sub.ts'
import { sameShape, sizeOf } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { type BlockedForm, isPerRow, rowNumbers } from './rule.ts'

/**
 * a + b or a − b as one operator with a or b, where that is a convolution, or a product with a number for each channel,
 * and nobody else needs it: residuals, biases and sums of gradients are no passes over memory of their own.
 */
export function absorbingSum(
  tensor: Tensor,
  own: BlockedForm,
  forms: ReadonlyMap<Tensor, BlockedForm>,
  isUsedOnce: (x: Tensor) => boolean,
): { readonly form: BlockedForm; readonly part: Tensor } | undefined {
  const isSum = tensor.operation === add.operation
  if ((!isSum && tensor.operation !== sub.operation) || own.places === undefined) return undefined
  const { places } = own
  const operands = operandsOf(tensor)
  for (const i of [0, 1]) {
    const [part, other] = [operands[i]!, operands[1 - i]!]
    const form = forms.get(part)
    const takes = form?.takes
    if (!takes || form.places !== places || part === other || !isUsedOnce(part)) continue
    if (!sameShape(part.shape, tensor.shape)) continue
    const negative = !isSum && i === 1
    if (negative && !takes.negative) continue
    if (sameShape(other.shape, tensor.shape)) {
      // a − b is no sum with b's sign, unless it is the product that changes it.
      if (!takes.sum || (!isSum && i === 0)) continue
      return {
        part,
        form: {
          places,
          takes: { ...takes, sum: false, negative: false },
          write: (c, more) => form.write(c, { ...more, sum: c.inBlocks(other, places), negative }),
        },
      }
    }
    if (takes.bias === undefined || !isPerRow(other, tensor, places)) continue
    // One number a channel serves all examples only where it is the same for all.
    const isOfChannels = takes.bias < sizeOf(tensor.shape) / places
    if (isOfChannels && other.shape.length === tensor.shape.length && other.shape[0] !== 1) continue
    const shape = isOfChannels ? [1, ...tensor.shape.slice(1)] : tensor.shape
    const { bias: _, ...left } = takes
    return {
      part,
      form: {
        places,
        takes: { ...left, negative: false },
        write: (c, more) => {
          const numbers = rowNumbers(c, other, shape, places)
          const bias = !isSum && i === 0 ? c.node('Neg', [numbers]) : numbers
          return form.write(c, { ...more, bias, negative })
        },
      },
    }
  }
  return undefined
}
