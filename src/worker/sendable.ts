import { ScorefieldError } from '../base/index.ts'

/** Classes whose values are copied whole. */
const copied: readonly unknown[] = [
  Object,
  Array,
  ArrayBuffer,
  Date,
  Map,
  Set,
  RegExp,
  BigInt64Array,
  BigUint64Array,
]

/**
 * Looks that nothing in a value is lost on the way to a worker: functions, and objects of classes, which would arrive without
 * their methods. Throws `worker/not-sendable`, which names where it stands.
 */
export function requireSendable(value: unknown, path: string): void {
  if (typeof value === 'function' || typeof value === 'symbol') throw notSendable(path, `a ${typeof value}`)
  if (typeof value !== 'object' || value === null) return
  if (ArrayBuffer.isView(value) || value instanceof Blob) return
  const made =
    (Object.getPrototypeOf(value) as { constructor?: { name: string } } | null)?.constructor ?? Object
  if (!copied.includes(made)) throw notSendable(path, `of the class ${made.name}`)
  // Long lists of numbers need no look at each.
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return
  for (const [name, part] of Object.entries(value)) requireSendable(part, `${path}.${name}`)
}

/** An object of no class. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const made: unknown = Object.getPrototypeOf(value)
  return made === Object.prototype || made === null
}

function notSendable(path: string, what: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'worker/not-sendable',
    message: `${path} is ${what}, and that cannot be sent to a worker.`,
    where: path,
    hint: 'Numbers, words, lists and plain objects can. Of a density, send rows: { rows: density.sample({ seed: 0, first: 0, count: 10000 }), dimension }. What is made of functions trains by `fit`, in a worker of your own too.',
  })
}
