/** What runs in the worker: `import 'scorefield/worker/thread'` makes a worker's script of it. */
import { ScorefieldError } from '../base/index.ts'
import { configureWeb, isRuntimeThread } from '../engine/index.ts'
import { fit } from '../run/index.ts'
import { type Call, isMark, type SentModel, sentError, type ToPage, type ToThread } from './protocol.ts'
import { isPlain } from './sendable.ts'

/** What a worker has of its own; the types of pages do not know it. */
const scope = globalThis as unknown as {
  postMessage(message: ToPage): void
  addEventListener(type: 'message', listener: (event: MessageEvent<ToThread>) => void): void
}

type Callable = (...args: never[]) => unknown

/** The functions of the library that a page may call. */
const library: Readonly<Record<string, Callable>> = { configure: configureWeb, fit }

/** What a page may ask of a model, and what it is told of one. */
const methods = ['sample', 'score', 'denoise', 'logDensity', 'dispose']
const facts = ['dimension', 'family', 'range']

const models = new Map<number, Readonly<Record<string, unknown>>>()
const signals = new Map<number, AbortController>()
let lastModel = 0

// Read where there is no worker, as by a check of all entries in Node, this file does nothing.
if ('addEventListener' in globalThis && !isRuntimeThread())
  scope.addEventListener('message', ({ data }) => {
    if (data.type === 'abort') signals.get(data.signal)?.abort()
    else void answer(data)
  })

async function answer(call: Call): Promise<void> {
  const marks: number[] = []
  try {
    const value = await called(call, marks)
    scope.postMessage({ type: 'returned', id: call.id, value: isModel(value) ? held(value) : value })
  } catch (error) {
    scope.postMessage({ type: 'threw', id: call.id, error: sentError(error) })
  } finally {
    for (const number of marks) signals.delete(number)
  }
}

async function called({ model, name, args }: Call, marks: number[]): Promise<unknown> {
  const given = args.map((value) => unpacked(value, marks)) as never[]
  if (model === undefined) return library[name]!(...given)
  const it = models.get(model)
  if (!it || !methods.includes(name)) throw disposed()
  if (name === 'dispose') models.delete(model)
  return (it[name] as Callable).apply(it, given as never[])
}

/** The options with what their marks stand for. */
function unpacked(value: unknown, marks: number[]): unknown {
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, isMark(part) ? meant(part, marks) : part]),
  )
}

function meant(
  { scorefieldMark, number }: { scorefieldMark: string; number: number },
  marks: number[],
): unknown {
  if (scorefieldMark === 'model') {
    const model = models.get(number)
    if (!model) throw disposed()
    return model
  }
  if (scorefieldMark === 'callback')
    return (...args: unknown[]) => scope.postMessage({ type: 'told', callback: number, args })
  const controller = new AbortController()
  signals.set(number, controller)
  marks.push(number)
  return controller.signal
}

function isModel(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'sample' in value && 'dispose' in value
}

function held(model: Readonly<Record<string, unknown>>): SentModel {
  models.set(++lastModel, model)
  const known = facts.filter((name) => name in model)
  return { scorefieldModel: lastModel, facts: Object.fromEntries(known.map((name) => [name, model[name]])) }
}

function disposed(): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'worker/disposed',
    message: 'The worker holds this model no more: it was disposed of.',
    hint: 'Dispose of a model after its last use; train or load it again.',
  })
}
