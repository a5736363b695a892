import { ScorefieldError } from '../base/index.ts'
import type { FitData, FitOptions, FittedModel } from '../run/index.ts'
import { Connection } from './connection.ts'
import type { SentModel } from './protocol.ts'

/** How a worker is made, and what it is told. */
export interface WorkerOptions {
  /** A worker whose script imports `scorefield/worker/thread`, or what makes one; the library's own unless given. */
  readonly worker?: Worker | (() => Worker)
  /** Where onnxruntime-web's files are, and how many threads may run; as `configureWeb` in the page. */
  readonly configure?: { readonly wasmPaths?: string; readonly threads?: number }
}

/** What can be learned in a worker: rows. A density is made of functions, which cannot be sent. */
export type WorkerFitData = Extract<FitData, { readonly rows: unknown }>

/** The options of `fit`, but records and runtimes, which are made of functions. */
export type WorkerFitOptions = Omit<FitOptions, 'runtime'>

/** A model that the worker holds; its methods are those of `FittedModel`, computed there. */
export type WorkerModel = Pick<
  FittedModel,
  'dimension' | 'family' | 'range' | 'sample' | 'score' | 'denoise' | 'logDensity' | 'dispose'
>

/** A worker that trains. */
export interface Trainer {
  /**
   * `fit` in the worker: the same bits for the same data, options and seed. Events come while it trains, and a signal stops it after
   * the call of the runtime that is under way. Throws what `fit` does; `worker/not-sendable`, `worker/not-running`,
   * `worker/terminated`; the signal's reason.
   */
  fit(data: WorkerFitData, options?: WorkerFitOptions): Promise<WorkerModel>
  /** Ends the worker at once, with all models that it holds; calls under way reject with `worker/terminated`. */
  terminate(): void
}

/**
 * Opens a worker, in which models are trained and asked while the page stays quick.
 *
 * ```ts
 * const trainer = await openWorker()
 * const model = await trainer.fit({ rows, dimension: 2 }, { onEvent: (event) => console.log(event.type) })
 * const samples = await model.sample({ count: 1000 })
 * ```
 * Throws `worker/none` where there are no workers, as in Node; `worker/not-running` where its script is not found.
 */
export async function openWorker(options: WorkerOptions = {}): Promise<Trainer> {
  const { worker = ownWorker, configure = {} } = options
  if (typeof Worker === 'undefined')
    throw new ScorefieldError({
      kind: 'ability',
      code: 'worker/none',
      message: 'There are no web workers here.',
      hint: 'openWorker is for pages; in Node, call fit.',
    })
  const connection = new Connection(typeof worker === 'function' ? worker() : worker)
  await connection.call('configure', [configure])
  return {
    fit: async (data, options = {}) =>
      modelOf(connection, (await connection.call('fit', [data, options])) as SentModel),
    terminate: () => connection.terminate(),
  }
}

/** Bundlers look for this very expression. */
function ownWorker(): Worker {
  return new Worker(new URL('./thread.js', import.meta.url), { type: 'module' })
}

function modelOf(connection: Connection, { scorefieldModel: model, facts }: SentModel): WorkerModel {
  const call =
    (name: string) =>
    (...args: unknown[]) =>
      connection.call(name, args, { model })
  return {
    ...facts,
    ...Object.fromEntries(
      ['sample', 'score', 'denoise', 'logDensity', 'dispose'].map((name) => [name, call(name)]),
    ),
  } as WorkerModel
}
