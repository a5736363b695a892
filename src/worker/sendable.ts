import { ScorefieldError } from '../base/index.ts'

/** Classes whose values are copied whole. */
const copied: readonly unknown[] = [
  ...[Object, Array, ArrayBuffer, Date, Map, Set, RegExp, BigInt64Array, BigUint64Array],
]

/** Items of a list that are looked at; copying finds functions in the others. */
const lookedAt = 100

/**
 * Looks that nothing in a value is lost on the way to a worker: functions, and objects of classes, which would arrive without
 * their methods. Throws `worker/not-sendable`, which names where it stands.
 */
export function requireSendable(value: unknown, path: string): void {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw notSendable(`${path}, a ${typeof value},`)
  if (typeof value !== 'object' || value === null) return
  if (ArrayBuffer.isView(value) || value instanceof Blob) return
  const made = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor ?? Object
  if (!copied.includes(made)) throw notSendable(`${path}, an object of a class,`)
  const parts = Array.isArray(value) ? value.slice(0, lookedAt) : value
  for (const [name, part] of Object.entries(parts)) requireSendable(part, `${path}.${name}`)
}

/** An object of no class. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const made: unknown = Object.getPrototypeOf(value)
  return made === Object.prototype || made === null
}

export function notSendable(what: string, cause?: unknown): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'worker/not-sendable',
    message: `${what} cannot be sent to a worker.`,
    hint: 'Send numbers, words, lists and plain objects. Instead of a density, send rows, { rows: density.sample({ seed: 0, first: 0, count: 10000 }), dimension }; instead of a model of the page, give what save() returns to the worker’s load.',
    cause,
  })
}
