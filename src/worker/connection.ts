import { ScorefieldError } from '../base/index.ts'
import {
  isSentModel,
  type Mark,
  receivedError,
  type SentModel,
  type ToPage,
  type ToThread,
} from './protocol.ts'
import { isPlain, notSendable, requireSendable } from './sendable.ts'

/** A call under way: what its promise does, and what it hears. */
interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (reason: unknown) => void
  readonly signal: AbortSignal | undefined
  readonly release: () => void
}

/** The page's end of the line to a worker. */
export class Connection {
  private readonly worker: Worker
  private readonly pending = new Map<number, Pending>()
  private readonly callbacks = new Map<number, (...args: never[]) => void>()
  /** Numbers of the models that the worker holds, by what stands for them in the page. */
  private readonly models = new WeakMap<object, number>()
  private next = 1
  private ended: ScorefieldError | undefined

  constructor(worker: Worker) {
    this.worker = worker
    worker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => this.hear(data))
    worker.addEventListener('error', (event) => {
      event.preventDefault()
      this.end(notRunning(event.message))
    })
    worker.addEventListener('messageerror', () => this.end(notRunning('a message could not be read')))
  }

  /**
   * Calls a function of the library, or a method of a model, in the worker. In the options, the last argument, a signal and functions
   * named on… are heard across; models that the worker holds are known to it.
   */
  async call(
    name: string,
    args: readonly unknown[],
    options: { readonly model?: number } = {},
  ): Promise<unknown> {
    if (this.ended) throw this.ended
    const { signal } = (args.at(-1) ?? {}) as { readonly signal?: AbortSignal }
    signal?.throwIfAborted()
    const id = this.next++
    const releases: (() => void)[] = []
    const sent = args.map((value, i) => {
      const path = i === 0 && args.length > 1 ? 'data' : 'options'
      return this.packed(value, path, releases)
    })
    return new Promise<unknown>((resolve, reject) => {
      const release = (): void => {
        for (const undo of releases) undo()
      }
      this.pending.set(id, { resolve, reject, signal, release })
      const { model } = options
      try {
        this.post({ type: 'call', id, ...(model === undefined ? {} : { model }), name, args: sent })
      } catch (cause) {
        this.pending.delete(id)
        release()
        reject(notSendable('The data', cause))
      }
    })
  }

  /** From now on this object, among the options of a call, stands for the worker's model of this number. */
  hold(model: object, number: number): void {
    this.models.set(model, number)
  }

  /** Ends the worker at once; calls under way are rejected. */
  terminate(): void {
    this.worker.terminate()
    this.end(
      new ScorefieldError({
        kind: 'usage',
        code: 'worker/terminated',
        message: 'The worker was terminated.',
        hint: 'Open another one by openWorker().',
      }),
    )
  }

  private post(message: ToThread): void {
    this.worker.postMessage(message)
  }

  private end(reason: ScorefieldError): void {
    this.ended ??= reason
    for (const { reject, release } of this.pending.values()) {
      release()
      reject(this.ended)
    }
    this.pending.clear()
    this.callbacks.clear()
  }

  private hear(message: ToPage): void {
    if (message.type === 'told') {
      this.callbacks.get(message.callback)?.(...(message.args as never[]))
      return
    }
    const call = this.pending.get(message.id)
    if (!call) return
    this.pending.delete(message.id)
    call.release()
    // A call that had ended when the signal came is stopped all the same: the page has said that it does not want the result.
    if (call.signal?.aborted) {
      if (message.type === 'returned' && isSentModel(message.value)) this.forget(message.value)
      call.reject(call.signal.reason)
    } else if (message.type === 'returned') call.resolve(message.value)
    else call.reject(receivedError(message.error))
  }

  private forget({ scorefieldModel: model }: SentModel): void {
    void this.call('dispose', [], { model }).catch(() => undefined)
  }

  /** An argument with marks in the place of what both sides know by number: signals, functions that hear events, models. */
  private packed(value: unknown, path: string, releases: (() => void)[]): unknown {
    if (!isPlain(value)) {
      requireSendable(value, path)
      return value
    }
    const parts: [string, unknown][] = []
    for (const [name, part] of Object.entries(value)) {
      const model = this.models.get(part as object)
      if (model !== undefined) parts.push([name, { scorefieldMark: 'model', number: model } satisfies Mark])
      else if (part instanceof AbortSignal) parts.push([name, this.signalMark(part, releases)])
      else if (typeof part === 'function' && /^on[A-Z]/.test(name))
        parts.push([name, this.callbackMark(part as () => void, releases)])
      else {
        requireSendable(part, `${path}.${name}`)
        parts.push([name, part])
      }
    }
    return Object.fromEntries(parts)
  }

  private signalMark(signal: AbortSignal, releases: (() => void)[]): Mark {
    const number = this.next++
    const abort = (): void => this.post({ type: 'abort', signal: number })
    signal.addEventListener('abort', abort, { once: true })
    releases.push(() => signal.removeEventListener('abort', abort))
    return { scorefieldMark: 'signal', number }
  }

  private callbackMark(callback: () => void, releases: (() => void)[]): Mark {
    const number = this.next++
    this.callbacks.set(number, callback)
    releases.push(() => this.callbacks.delete(number))
    return { scorefieldMark: 'callback', number }
  }
}

function notRunning(said: string | undefined): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'worker/not-running',
    message: `The worker does not run${said ? `: ${said}` : '; its script could not be loaded'}.`,
    hint: "If the bundler does not find the library's own worker, name one: openWorker({ worker: () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }) }), with worker.js of one line: import 'scorefield/worker/thread'.",
  })
}
