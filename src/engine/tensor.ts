import type { Operation } from './operation.ts'
import { type Shape, shapeError, showShape, sizeOf } from './shape.ts'

/** Element types. Everything is computed in float32; int32 indexes, bool chooses. */
export type DType = 'float32' | 'int32' | 'bool'

/** Shape and element type: all that is known of a tensor before it is computed. */
export interface TensorType {
  readonly shape: Shape
  readonly dtype: DType
}

/** Values of an operation's attributes; plain data, so that equal ones have equal text. */
export type Attributes = Readonly<Record<string, unknown>>

/**
 * A symbol for an array that a program will compute: an operation applied to other symbols.
 *
 * Immutable and hash-consed: the same operation of the same inputs is the same object, so equal subexpressions are
 * computed once and can be compared with `===`.
 */
export interface Tensor extends TensorType {
  readonly id: number
  readonly operation: Operation
  readonly inputs: readonly Tensor[]
  readonly attributes: Attributes
  /** Where in the model it was made, for messages: `block 1 / linear`. */
  readonly label: string
}

let nextId = 0
const table = new Map<string, WeakRef<Tensor>>()
const forget = new FinalizationRegistry<string>((key) => {
  if (table.get(key)?.deref() === undefined) table.delete(key)
})
const labels: string[] = []

/** Runs `body`; tensors made inside carry `label`, nested labels joined by " / ". */
export function withLabel<T>(label: string, body: () => T): T {
  labels.push(label)
  try {
    return body()
  } finally {
    labels.pop()
  }
}

/** The label that a tensor made now would carry. */
export function currentLabel(): string {
  return labels.join(' / ')
}

/** The one tensor of this operation, inputs and attributes. `key` names the attributes; equal keys mean equal ones. */
export function intern(
  operation: Operation,
  inputs: readonly Tensor[],
  attributes: Attributes,
  key: string = attributesKey(attributes),
): Tensor {
  const fullKey = keyOf(operation, inputs, key)
  const known = table.get(fullKey)?.deref()
  if (known) return known
  const type = operation.infer(inputs, attributes)
  for (const extent of type.shape)
    if (!Number.isInteger(extent) || extent < 0)
      throw shapeError(`${operation.name}: ${showShape(type.shape)} is not a shape.`)
  const tensor: Tensor = Object.freeze({
    id: nextId++,
    operation,
    inputs,
    attributes,
    label: currentLabel(),
    shape: Object.freeze([...type.shape]),
    dtype: type.dtype,
  })
  table.set(fullKey, new WeakRef(tensor))
  forget.register(tensor, fullKey)
  return tensor
}

/** The tensor of this operation and these inputs, without attributes, if it exists already. */
export function interned(operation: Operation, inputs: readonly Tensor[]): Tensor | undefined {
  return table.get(keyOf(operation, inputs, ''))?.deref()
}

function keyOf(operation: Operation, inputs: readonly Tensor[], key: string): string {
  return `${operation.name}|${inputs.map((input) => input.id).join(',')}|${key}`
}

function attributesKey(attributes: Attributes): string {
  const names = Object.keys(attributes)
  return names.length === 0 ? '' : JSON.stringify(attributes)
}

/** How many tensors are alive, for tests of memory. */
export function internedCount(): number {
  return table.size
}

/** `float32[256, 64]`, for messages and printed graphs. */
export function showType(type: TensorType): string {
  return `${type.dtype}${showShape(type.shape)}`
}

/** Bytes that the tensor's elements take at run time. */
export function bytesOf(type: TensorType): number {
  return sizeOf(type.shape) * (type.dtype === 'bool' ? 1 : 4)
}
