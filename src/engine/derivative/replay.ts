import { topologicalOrder } from '../graph.ts'
import type { Operation } from '../operation.ts'
import { averagePoolOperation } from '../ops/average-pool.ts'
import { broadcastToOperation } from '../ops/broadcast-to.ts'
import { castOperation } from '../ops/cast.ts'
import { clipOperation } from '../ops/clip.ts'
import { concatOperation } from '../ops/concat.ts'
import { cumsumOperation } from '../ops/cumsum.ts'
import { eluOperation } from '../ops/elu.ts'
import { flipOperation } from '../ops/flip.ts'
import { gatherOperation } from '../ops/gather.ts'
import * as f from '../ops/index.ts'
import { leakyReluOperation } from '../ops/leaky-relu.ts'
import { logsumexpOperation } from '../ops/logsumexp.ts'
import { matmulOperation } from '../ops/matmul.ts'
import { maxOverOperation } from '../ops/max-over.ts'
import { minOverOperation } from '../ops/min-over.ts'
import { normOperation } from '../ops/norm.ts'
import { padOperation } from '../ops/pad.ts'
import { reshapeOperation } from '../ops/reshape.ts'
import { scatterAddOperation } from '../ops/scatter-add.ts'
import { scatterAddAlongAxisOperation } from '../ops/scatter-add-along-axis.ts'
import { sliceOperation } from '../ops/slice.ts'
import { softmaxOperation } from '../ops/softmax.ts'
import { stopGradientOperation } from '../ops/stop-gradient.ts'
import { sumOperation } from '../ops/sum.ts'
import { takeAlongAxisOperation } from '../ops/take-along-axis.ts'
import { transposeOperation } from '../ops/transpose.ts'
import { upsampleOperation } from '../ops/upsample.ts'
import { variableOperation } from '../ops/variable.ts'
import { whereOperation } from '../ops/where.ts'
import type { Shape } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { liftedConvolutions } from './lifted-convolution.ts'
import { lifted, plain, stretchedOver, type Value } from './value.ts'

/** An operation that has no rule for a leading axis: the caller takes another way. */
export class NoBatchingRule extends Error {
  constructor(operation: Operation) {
    super(`${operation.name} has no rule for a leading axis of directions.`)
  }
}

/** Elementwise operations by their records: what they do to stacks of tensors they do to each. */
const elementwise: ReadonlyMap<Operation, (...inputs: Tensor[]) => Tensor> = new Map<
  Operation,
  (...inputs: Tensor[]) => Tensor
>([
  ...Object.values(f).flatMap((apply) =>
    'operation' in apply && apply.operation.stretches
      ? [[apply.operation, apply as unknown as (...inputs: Tensor[]) => Tensor] as const]
      : [],
  ),
  [whereOperation, (condition, x, y) => f.where(condition!, x!, y!)],
])

/** Elementwise operations with settings of their own. */
const withSettings: ReadonlySet<Operation> = new Set([clipOperation, eluOperation, leakyReluOperation])

/** Whether each element of the result depends on the same element of the operands only. */
export function isElementwise(operation: Operation): boolean {
  return elementwise.has(operation) || withSettings.has(operation)
}

/**
 * Works out tensors again with others in the place of some: of one array each, or of k at once (`vmap`).
 *
 * What depends on a lifted tensor is lifted, by the rule of its operation, and its leading axis stays in front; the
 * number of operations does not depend on k. Tensors older than all that is replaced cannot depend on it, and are taken
 * as they are.
 * @throws NoBatchingRule
 */
export function replay(
  results: readonly Tensor[],
  given: ReadonlyMap<Tensor, Value>,
  directions = 1,
): (tensor: Tensor) => Value {
  const oldest = Math.min(...[...given.keys()].map(({ id }) => id))
  const values = new Map(given)
  const valueAt = (tensor: Tensor): Value => values.get(tensor) ?? plain(tensor)
  const order = topologicalOrder(results, (tensor) =>
    given.has(tensor) || tensor.id < oldest ? [] : tensor.inputs,
  )
  for (const tensor of order) {
    if (values.has(tensor) || tensor.id < oldest) continue
    const inputs = tensor.inputs.map(valueAt)
    if (inputs.some(({ lifted }) => lifted)) values.set(tensor, lifted(liftedAs(tensor, inputs, directions)))
    else if (inputs.some(({ tensor: now }, i) => now !== tensor.inputs[i]))
      values.set(
        tensor,
        plain(
          again(
            tensor,
            inputs.map((value) => value.tensor),
          ),
        ),
      )
  }
  return valueAt
}

/** The same operation of other inputs of the same shapes. */
export function again(tensor: Tensor, inputs: readonly Tensor[]): Tensor {
  const apply = elementwise.get(tensor.operation)
  if (apply) return apply(...inputs)
  const rule = rules.get(tensor.operation)
  return rule ? rule(inputs, tensor, []) : intern(tensor.operation, inputs, tensor.attributes)
}

/** The operation of k sets of inputs at once. */
export function liftedAs(tensor: Tensor, inputs: readonly Value[], directions: number): Tensor {
  const stretched = (): Tensor[] => inputs.map((value) => stretchedOver(value, directions))
  if (tensor.operation === matmulOperation) return liftedProduct(tensor, inputs, directions)
  const convolutions = liftedConvolutions.get(tensor.operation)
  if (convolutions) return convolutions(tensor, inputs, directions)
  const apply = elementwise.get(tensor.operation)
  if (apply) return apply(...stretched())
  if (withSettings.has(tensor.operation)) return intern(tensor.operation, stretched(), tensor.attributes)
  const indexed = tensor.operation === gatherOperation || tensor.operation === scatterAddOperation
  const rule = rules.get(tensor.operation)
  if (!rule || (indexed && inputs[1]!.lifted)) throw new NoBatchingRule(tensor.operation)
  return rule(indexed ? inputs.map(({ tensor: now }) => now) : stretched(), tensor, [directions])
}

type Rule = (inputs: readonly Tensor[], tensor: Tensor, lead: Shape) => Tensor

/** Operations with axes, under a leading axis (`lead` is [k]) or without one (`lead` is []). */
const rules: ReadonlyMap<Operation, Rule> = new Map<Operation, Rule>([
  [reshapeOperation, ([x], { shape }, lead) => f.reshape(x!, [...lead, ...shape])],
  [
    broadcastToOperation,
    ([x], tensor, lead) => {
      const inner = x!.shape.slice(lead.length)
      const ones = tensor.shape.slice(inner.length).map(() => 1)
      return f.broadcastTo(f.reshape(x!, [...x!.shape.slice(0, lead.length), ...ones, ...inner]), [
        ...lead,
        ...tensor.shape,
      ])
    },
  ],
  [
    transposeOperation,
    ([x], { attributes }, lead) =>
      f.transpose(x!, [...lead.map((_, axis) => axis), ...moved(attributes['permutation'], lead)]),
  ],
  [sumOperation, ([x], { attributes }, lead) => f.sum(x!, overAxes(attributes, lead))],
  [maxOverOperation, ([x], { attributes }, lead) => f.maxOver(x!, overAxes(attributes, lead))],
  [minOverOperation, ([x], { attributes }, lead) => f.minOver(x!, overAxes(attributes, lead))],
  [logsumexpOperation, ([x], { attributes }, lead) => f.logsumexp(x!, overAxes(attributes, lead))],
  [normOperation, ([x], { attributes }, lead) => f.norm(x!, overAxes(attributes, lead))],
  [softmaxOperation, ([x], { attributes }, lead) => f.softmax(x!, along(attributes, lead))],
  [
    cumsumOperation,
    ([x], { attributes }, lead) =>
      f.cumsum(x!, { ...along(attributes, lead), reverse: attributes['reverse'] as boolean }),
  ],
  [
    sliceOperation,
    ([x], { attributes }, lead) =>
      f.slice(x!, {
        ...along(attributes, lead),
        start: attributes['start'] as number,
        end: attributes['end'] as number,
        step: (attributes['step'] as number | undefined) ?? 1,
      }),
  ],
  [
    padOperation,
    ([x], { attributes }, lead) =>
      f.pad(x!, {
        ...along(attributes, lead),
        before: attributes['before'] as number,
        after: attributes['after'] as number,
      }),
  ],
  [concatOperation, (parts, { attributes }, lead) => f.concat(parts, along(attributes, lead))],
  [gatherOperation, ([x, indices], { attributes }, lead) => f.gather(x!, indices!, along(attributes, lead))],
  [
    scatterAddOperation,
    ([x, indices], { attributes }, lead) =>
      f.scatterAdd(x!, indices!, { ...along(attributes, lead), size: attributes['size'] as number }),
  ],
  [flipOperation, ([x], { attributes }, lead) => f.flip(x!, along(attributes, lead))],
  [
    takeAlongAxisOperation,
    ([x, indices], { attributes }, lead) => f.takeAlongAxis(x!, indices!, along(attributes, lead)),
  ],
  [
    scatterAddAlongAxisOperation,
    ([x, indices], { attributes }, lead) =>
      f.scatterAddAlongAxis(x!, indices!, {
        ...along(attributes, lead),
        size: attributes['size'] as number,
      }),
  ],
  [averagePoolOperation, overExamples((x, { size }) => f.averagePool(x, { size: size as Shape }))],
  [upsampleOperation, overExamples((x, { factor }) => f.upsample(x, { factor: factor as Shape }))],
  [castOperation, ([x], { dtype }) => f.cast(x!, dtype)],
  [stopGradientOperation, ([x]) => f.stopGradient(x!)],
  [variableOperation, ([x]) => f.variable(x!)],
])

/** Of [B, …] what is done to each example; directions are so many more examples. */
function overExamples(apply: (x: Tensor, attributes: Tensor['attributes']) => Tensor): Rule {
  return ([x], { attributes, shape }, lead) =>
    f.reshape(apply(f.reshape(x!, [-1, ...x!.shape.slice(lead.length + 1)]), attributes), [...lead, ...shape])
}

function moved(axes: unknown, lead: Shape): number[] {
  return (axes as readonly number[]).map((axis) => axis + lead.length)
}

function along(attributes: Tensor['attributes'], lead: Shape): { axis: number } {
  return { axis: (attributes['axis'] as number) + lead.length }
}

function overAxes(attributes: Tensor['attributes'], lead: Shape): { axes: number[]; keepDims: boolean } {
  return { axes: moved(attributes['axes'], lead), keepDims: attributes['keepDims'] as boolean }
}

/** A product, k times. Where one matrix serves all directions, it is one product of more rows. */
function liftedProduct(tensor: Tensor, [a, b]: readonly Value[], directions: number): Tensor {
  const { transposeA, transposeB } = tensor.attributes as { transposeA: boolean; transposeB: boolean }
  const oneMatrix = a!.lifted && !b!.lifted && !transposeA && tensor.shape.length === 2
  if (oneMatrix) return timesMatrix(a!.tensor, b!.tensor, { transposeB })
  const [left, right] = [a!, b!].map((value) => stretchedOver(value, directions))
  return f.matmul(left!, right!, { transposeA, transposeB })
}

/** x: [k, n, m] times one matrix, [k, n, …]; rows that are only repeated are multiplied once. */
export function timesMatrix(x: Tensor, matrix: Tensor, options: { transposeB: boolean }): Tensor {
  const source = x.operation === broadcastToOperation ? x.inputs[0]! : x
  const rows = source.shape.length === 3 && source.shape[2] === x.shape[2] ? source : x
  const [k, n, m] = rows.shape as [number, number, number]
  const product = f.matmul(f.reshape(rows, [k * n, m]), matrix, options)
  const columns = product.shape[1]!
  return f.broadcastTo(f.reshape(product, [k, n, columns]), [x.shape[0]!, x.shape[1]!, columns])
}
