import type { Attributes, Operation, Tensor } from './operation.ts'
import { shapeError, showShape, sizeOf, type TensorType } from './shape.ts'

export type { Attributes, Tensor } from './operation.ts'
export type { DType, TensorType } from './shape.ts'

let nextId = 0

/** Tensors by what makes them equal, forgotten when nobody else holds them. */
const alive = new Map<string, WeakRef<Tensor>>()
const forget = new FinalizationRegistry<string>((key) => {
  if (alive.get(key)?.deref() === undefined) alive.delete(key)
})
/** Tensors of the trace that is under way; it keeps them all until its end. */
let traced: Map<string, Tensor> | undefined

/**
 * Runs `body` with a table of expressions of its own.
 *
 * What it builds then depends on nothing that was built before or was collected meanwhile: the same function always
 * gives the same graph. Constants are shared with the outside, since they are equal by content.
 */
export function withOwnExpressions<T>(body: () => T): T {
  const outer = traced
  traced = new Map()
  try {
    return body()
  } finally {
    traced = outer
  }
}

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
  const known = find(fullKey, inputs)
  if (known) return known
  const type = operation.infer(inputs, attributes)
  for (const extent of type.shape)
    if (!Number.isInteger(extent) || extent < 0)
      throw shapeError(`${operation.name}: ${showShape(type.shape)} is not a shape.`)
  const tensor: Tensor = Object.freeze({
    id: nextId++,
    operation,
    inputs: Object.freeze([...inputs]),
    attributes,
    label: inputs.length === 0 ? '' : currentLabel(),
    shape: Object.freeze([...type.shape]),
    dtype: type.dtype,
  })
  if (traced && inputs.length > 0) traced.set(fullKey, tensor)
  else {
    alive.set(fullKey, new WeakRef(tensor))
    forget.register(tensor, fullKey)
  }
  return tensor
}

/** The tensor of this operation and these inputs, without attributes, if it exists already. */
export function interned(operation: Operation, inputs: readonly Tensor[]): Tensor | undefined {
  return find(keyOf(operation, inputs, ''), inputs)
}

function find(fullKey: string, inputs: readonly Tensor[]): Tensor | undefined {
  return traced && inputs.length > 0 ? traced.get(fullKey) : alive.get(fullKey)?.deref()
}

function keyOf(operation: Operation, inputs: readonly Tensor[], key: string): string {
  return `${identityOf(operation)}|${inputs.map((input) => input.id).join(',')}|${key}`
}

const identities = new WeakMap<Operation, number>()
let nextIdentity = 0

/** A number for each operation record: two records may share a name, and are two operations all the same. */
function identityOf(operation: Operation): number {
  let identity = identities.get(operation)
  if (identity === undefined) {
    identity = nextIdentity++
    identities.set(operation, identity)
  }
  return identity
}

function attributesKey(attributes: Attributes): string {
  return Object.keys(attributes).length === 0 ? '' : plainText(attributes)
}

/**
 * Plain data as text, different for different data. JSON but for the numbers that JSON does not know: ±∞, NaN and −0.
 * What has an `attributeKey`, as the body of a loop, is told from others by it.
 * @throws where something is no plain data, and two different ones could have the same text.
 */
export function plainText(value: unknown): string {
  if (typeof value === 'number') return showNumber(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean' || value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(plainText).join(',')}]`
  if (typeof value === 'object' && 'attributeKey' in value) return String(value.attributeKey)
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    throw shapeError(
      `${Object.prototype.toString.call(value)} cannot be an attribute of an operation.`,
      'Attributes are numbers, text, booleans, and lists and records of them; arrays of values are constants.',
    )
  return `{${Object.entries(value)
    .map(([name, part]) => `${JSON.stringify(name)}:${plainText(part)}`)
    .join(',')}}`
}

/** A number as text, with −0 told from 0. */
export function showNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** How many tensors are alive outside of traces, for tests of memory. */
export function internedCount(): number {
  return alive.size
}

/** `float32[256, 64]`, for messages and printed graphs. */
export function showType(type: TensorType): string {
  return `${type.dtype}${showShape(type.shape)}`
}

/** Bytes that the tensor's elements take at run time. */
export function bytesOf(type: TensorType): number {
  return sizeOf(type.shape) * (type.dtype === 'bool' ? 1 : 4)
}
