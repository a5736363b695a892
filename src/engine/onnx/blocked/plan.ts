import type { Operation } from '../../operation.ts'
import { averagePoolOperation } from '../../ops/average-pool.ts'
import { operandsOf } from '../../ops/broadcast-to.ts'
import { concatOperation } from '../../ops/concat.ts'
import { convOperation } from '../../ops/conv.ts'
import { convTransposeOperation } from '../../ops/conv-transpose.ts'
import { LoopBody } from '../../ops/loop-body.ts'
import { padOperation } from '../../ops/pad.ts'
import { reshapeOperation } from '../../ops/reshape.ts'
import { sliceOperation } from '../../ops/slice.ts'
import { upsampleOperation } from '../../ops/upsample.ts'
import { sameShape, sizeOf } from '../../shape.ts'
import type { Tensor } from '../../tensor.ts'
import { axesInBlocks } from './axes.ts'
import { convolutionsInBlocks } from './convolution.ts'
import { elementwiseInBlocks } from './elementwise.ts'
import type { BlockedForm, BlockedRule } from './rule.ts'
import { absorbingSum } from './sums.ts'

const rules: ReadonlyMap<Operation, BlockedRule> = new Map([...convolutionsInBlocks, ...axesInBlocks])

/** What is computed in blocks. */
export interface Plan {
  /** Which tensors are computed in blocks or from values in blocks, and how. */
  readonly forms: ReadonlyMap<Tensor, BlockedForm>
  /** Those that become part of the sum that alone uses them. */
  readonly absorbed: ReadonlySet<Tensor>
}

/**
 * Finds out what is computed in blocks; `order` has each tensor after its inputs, `uses` counts who needs it.
 *
 * A convolution calls for blocks; what follows it stays in them as long as it can, so that values are converted only
 * where somebody needs the other order.
 */
export function planBlocks(
  order: readonly Tensor[],
  block: number | undefined,
  uses: ReadonlyMap<Tensor, number>,
): Plan {
  const forms = new Map<Tensor, BlockedForm>()
  const absorbed = new Set<Tensor>()
  if (block === undefined || !order.some(callsForBlocks)) return { forms, absorbed }
  const wanted = demand(order, block)
  const layout = {
    block,
    placesOf: (tensor: Tensor) => forms.get(tensor)?.places,
    wanted: (tensor: Tensor) => wanted.get(tensor),
  }
  for (const tensor of order) {
    const rule =
      rules.get(tensor.operation) ?? (tensor.operation.elementwise ? elementwiseInBlocks : undefined)
    const form = rule?.(tensor, layout)
    if (!form) continue
    const sum = absorbingSum(tensor, form, forms, (x) => uses.get(x) === 1)
    if (sum) absorbed.add(sum.part)
    forms.set(tensor, sum?.form ?? form)
  }
  return { forms, absorbed }
}

/** Operations that call for blocks. */
const callers: ReadonlySet<Operation> = new Set(convolutionsInBlocks.map(([operation]) => operation))

/** Whether the tensor is one for whose sake values are put in blocks. */
function callsForBlocks(tensor: Tensor): boolean {
  return callers.has(tensor.operation)
}

/** Whether one of these calls for blocks, or one in a loop among them. */
export function callForBlocks(order: readonly Tensor[]): boolean {
  return order.some((tensor) => {
    const { body } = tensor.attributes
    return callsForBlocks(tensor) || (body instanceof LoopBody && callForBlocks(body.order()))
  })
}

const resamplings: ReadonlySet<Operation> = new Set([averagePoolOperation, upsampleOperation])
const rearrangements: ReadonlySet<Operation> = new Set([
  reshapeOperation,
  sliceOperation,
  concatOperation,
  padOperation,
])

/** The places of the order that each tensor is wanted in by convolutions, through what keeps the order. */
function demand(order: readonly Tensor[], block: number): ReadonlyMap<Tensor, number> {
  const wanted = new Map<Tensor, number>()
  for (const tensor of [...order].reverse()) {
    const { operation, inputs, shape } = tensor
    const places = wanted.get(tensor)
    const [x] = inputs
    if (operation === convOperation || operation === convTransposeOperation) {
      if (x!.shape[1]! % block === 0) wanted.set(x!, sizeOf(x!.shape.slice(2)))
    } else if (places !== undefined) {
      if (resamplings.has(operation)) wanted.set(x!, sizeOf(x!.shape.slice(2)))
      else if (rearrangements.has(operation)) for (const input of inputs) wanted.set(input, places)
      else if (operation.elementwise)
        for (const operand of operandsOf(tensor))
          if (sameShape(operand.shape, shape)) wanted.set(operand, places)
    }
  }
  return wanted
}
