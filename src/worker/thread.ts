/** What runs in the worker: `import 'scorefield/worker/thread'` makes a worker's script of it. */
import { ScorefieldError } from '../base/index.ts'
import { configureWeb, isRuntimeThread } from '../engine/index.ts'
import { fit, fitTable, load, RowModel, TableModel } from '../run/index.ts'
import { type Call, isMark, type SentModel, sentError, type ToPage, type ToThread } from './protocol.ts'
import { isPlain } from './sendable.ts'

/** What a worker has of its own; the types of pages do not know it. */
const scope = globalThis as unknown as {
  postMessage(message: ToPage): void
  addEventListener(type: 'message', listener: (event: MessageEvent<ToThread>) => void): void
}

type Callable = (...args: never[]) => unknown

/** The functions of the library that a page may call. */
const library: Readonly<Record<string, Callable>> = {
  ...{ configure: configureWeb, fit, fitTable, load },
}

type Model = RowModel | TableModel

/** What a page may ask of a model, and what it is told of one, as far as the model has it. */
const methods = ['sample', 'score', 'denoise', 'logDensity', 'save', 'dispose']
const facts = ['name', 'family', 'step', 'config', 'columns', 'dimension']

const models = new Map<number, Model>()
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
    scope.postMessage({
      type: 'returned',
      id: call.id,
      value: value instanceof RowModel || value instanceof TableModel ? held(value) : value,
    })
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
  return (it[name as keyof Model] as Callable).apply(it, given)
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

function held(model: Model): SentModel {
  models.set(++lastModel, model)
  const known = facts.flatMap((name) => (name in model ? [[name, model[name as keyof Model]]] : []))
  return {
    scorefieldModel: lastModel,
    facts: Object.fromEntries(known),
    methods: methods.filter((name) => name in model),
  }
}

function disposed(): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'model/disposed',
    message: 'The model was disposed of; the worker holds it no more.',
    hint: 'Call dispose() last; save() before keeps the model, and load() opens it again.',
  })
}
