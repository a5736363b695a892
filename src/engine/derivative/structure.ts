import { topologicalOrder } from '../graph.ts'
import { add } from '../ops/add.ts'
import { unstretched } from '../ops/broadcast-to.ts'
import * as f from '../ops/index.ts'
import { matmulOperation } from '../ops/matmul.ts'
import { sameShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'

/** A summand of a field y: a factor for each row times a field. */
export interface Summand {
  /** [B, 1]; undefined for 1. */
  readonly factor: Tensor | undefined
  readonly field: Tensor
}

/** The tensors that depend on x, x included. */
export function dependentsOf(outputs: readonly Tensor[], x: Tensor): Set<Tensor> {
  const result = new Set([x])
  for (const tensor of topologicalOrder(outputs, (t) => (t === x ? [] : t.inputs)))
    if (tensor.operation.derivative && tensor.inputs.some((input) => result.has(input))) result.add(tensor)
  return result
}

/** y as a sum of fields times a factor for each row, without what does not depend on x. */
export function summandsOf(y: Tensor, dependent: ReadonlySet<Tensor>): Summand[] {
  const found: Summand[] = []
  const waiting: Summand[] = [{ factor: undefined, field: y }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { factor, field } = next
    if (!dependent.has(field)) continue
    const [a, b] = field.inputs as [Tensor, Tensor]
    const { operation } = field
    // A sum used by many sums would be taken apart as often as there are ways to it; a field's own sums are few.
    if (waiting.length + found.length < 64 && operation === add.operation)
      waiting.push({ factor, field: a }, { factor, field: b })
    else if (waiting.length + found.length < 64 && operation === f.sub.operation)
      waiting.push({ factor, field: a }, { factor: times(factor, -1), field: b })
    else if (operation === f.neg.operation) waiting.push({ factor: times(factor, -1), field: a })
    else {
      const scale = rowFactor(field, dependent)
      if (scale) waiting.push({ factor: times(factor, scale.factor), field: scale.field })
      else found.push(next)
    }
  }
  return found
}

/** A product of a field [B, d] with a number, or a number for each row, that does not depend on x. */
export function rowFactor(
  tensor: Tensor,
  dependent: ReadonlySet<Tensor>,
): { factor: Tensor | number; field: Tensor } | undefined {
  if (tensor.operation !== f.mul.operation || tensor.shape.length !== 2) return undefined
  const [a, b] = tensor.inputs as [Tensor, Tensor]
  for (const [factor, field] of [
    [a, b],
    [b, a],
  ] as const) {
    if (dependent.has(factor) || !dependent.has(field)) continue
    const number = f.uniformValue(factor)
    if (number !== undefined) return { factor: number, field }
    const perRow = unstretched(factor)
    if (sameShape(perRow.shape, [tensor.shape[0]!, 1])) return { factor: perRow, field }
  }
  return undefined
}

/** A product of two factors, each [B, 1] or [1, 1] or a number, undefined being 1. */
export function times(factor: Tensor | undefined, other: Tensor | number | undefined): Tensor | undefined {
  if (other === undefined) return factor
  const second = typeof other === 'number' ? f.constant({ shape: [1, 1], data: [other] }) : other
  if (!factor) return second
  const shape = [Math.max(factor.shape[0]!, second.shape[0]!), 1]
  return f.mul(f.broadcastTo(factor, shape), f.broadcastTo(second, shape))
}

/** What a field depends on x through: x times a factor for each row. */
export interface Entry {
  readonly variable: Tensor
  readonly factor: Tensor | undefined
}

/** The one tensor c ⊙ x that a field depends on x through, where there is one; else x itself. */
export function entryOf(field: Tensor, x: Tensor, dependent: ReadonlySet<Tensor>): Entry {
  const factors = new Map<Tensor, Tensor | undefined>([[x, undefined]])
  const used = new Set<Tensor>()
  for (const tensor of topologicalOrder([field], (t) => (dependent.has(t) && t !== x ? t.inputs : []))) {
    if (tensor === x || !dependent.has(tensor)) continue
    const scale =
      tensor.operation === f.neg.operation
        ? { factor: -1, field: tensor.inputs[0]! }
        : rowFactor(tensor, dependent)
    if (scale && factors.has(scale.field)) factors.set(tensor, times(factors.get(scale.field), scale.factor))
    else for (const input of tensor.inputs) if (factors.has(input)) used.add(input)
  }
  const [variable] = used
  return used.size === 1 && variable
    ? { variable, factor: factors.get(variable) }
    : { variable: x, factor: undefined }
}

/** x W as the only way that outputs depend on x: what comes after it has as many directions as W has columns. */
export function firstProduct(
  outputs: readonly Tensor[],
  x: Tensor,
): { product: Tensor; matrix: Tensor } | undefined {
  const dependent = dependentsOf(outputs, x)
  const users = topologicalOrder(outputs, (t) => (dependent.has(t) && t !== x ? t.inputs : [])).filter(
    (t) => t !== x && dependent.has(t) && t.inputs.includes(x),
  )
  const [product] = users
  if (users.length !== 1 || product?.operation !== matmulOperation) return undefined
  const [a, b] = product.inputs as [Tensor, Tensor]
  const { transposeA, transposeB } = product.attributes as { transposeA: boolean; transposeB: boolean }
  if (a !== x || dependent.has(b) || transposeA || product.shape.length !== 2) return undefined
  return { product, matrix: transposeB ? f.transpose(b) : b }
}

/** A field h W, W the same for all rows: h and W. */
export function lastProduct(
  field: Tensor,
  dependent: ReadonlySet<Tensor>,
): { hidden: Tensor; matrix: Tensor } | undefined {
  if (field.operation !== matmulOperation) return undefined
  const [a, b] = field.inputs as [Tensor, Tensor]
  const { transposeA, transposeB } = field.attributes as { transposeA: boolean; transposeB: boolean }
  if (transposeA || dependent.has(b) || !dependent.has(a)) return undefined
  return { hidden: a, matrix: transposeB ? f.transpose(b) : b }
}
