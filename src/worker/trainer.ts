import { ScorefieldError } from '../base/index.ts'
import type { Cell, RowObject } from '../data/index.ts'
import type {
  DrawRows,
  FitOptions,
  FitTableOptions,
  GivenNumbers,
  ModelPlace,
  ModelSource,
  RowModel,
  TableModel,
  TrainingOptions,
} from '../run/index.ts'
import { Connection } from './connection.ts'
import { isSentModel } from './protocol.ts'

/** How a worker is made, and what it is told. */
export interface WorkerOptions {
  /** A worker whose script imports `scorefield/worker/thread`, or what makes one; the library's own unless given. */
  readonly worker?: Worker | (() => Worker)
  /** Where onnxruntime-web's files are, and how many threads may run; as `configureWeb` in the page. */
  readonly configure?: { readonly wasmPaths?: string; readonly threads?: number }
}

/** What options of training are in a worker: families and networks by name, and models that the worker holds. */
interface Sent {
  readonly family?: string | undefined
  readonly network?: string | undefined
  readonly from?: WorkerRowModel | WorkerTableModel | undefined
  readonly resume?: WorkerRowModel | WorkerTableModel | undefined
}

type Unsent = Extract<keyof TrainingOptions, keyof Sent | 'runtime'>

/** The options of `fit`, as far as they can be sent. */
export type WorkerFitOptions = Omit<FitOptions, Unsent> & Sent

/** The options of `fitTable`, as far as they can be sent. */
export type WorkerFitTableOptions = Omit<FitTableOptions, Unsent> & Sent

/** What models of rows and of tables tell of themselves, and can do, both. */
type Common = 'name' | 'family' | 'step' | 'config' | 'columns' | 'dispose'

/** How a model that a worker holds is kept: there, in the browser's store; or as a Blob for the page. */
interface Kept {
  save(): Promise<Blob>
  save(place: ModelPlace): Promise<undefined>
}

/** A model of rows of numbers that a worker holds: the calls of `RowModel`, computed there. */
export type WorkerRowModel = Pick<
  RowModel,
  Common | 'dimension' | 'sample' | 'score' | 'denoise' | 'logDensity'
> &
  Kept

/** A model of a table that a worker holds: the calls of `TableModel`, computed there; a `where` cannot be sent. */
export type WorkerTableModel = Pick<TableModel, Common | 'logDensity'> &
  Kept & { sample(options: DrawRows): Promise<Record<string, Cell>[]> }

/** A worker that trains. */
export interface Trainer {
  /**
   * `fit` in the worker: the same bits for the same data, options and seed. Events come while it trains, and a signal stops it after
   * the call of the runtime that is under way. Throws what `fit` does; `worker/not-sendable`, `worker/not-running`,
   * `worker/terminated`; the signal's reason.
   */
  fit(data: GivenNumbers, options?: WorkerFitOptions): Promise<WorkerRowModel>
  /** `fitTable` in the worker, likewise. */
  fitTable(rows: readonly RowObject[], options?: WorkerFitTableOptions): Promise<WorkerTableModel>
  /** `load` in the worker: a Blob or bytes of the page, or what the browser keeps. */
  load(source: ModelSource): Promise<WorkerRowModel | WorkerTableModel>
  /** Ends the worker at once, with all models that it holds; calls under way reject with `worker/terminated`. */
  terminate(): void
}

/**
 * Opens a worker, in which models are trained and asked while the page stays quick.
 *
 * ```ts
 * const trainer = await openWorker()
 * const model = await trainer.fit(rows, { onEvent: (event) => console.log(event.type) })
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
  const model = async <M>(name: string, args: readonly unknown[]): Promise<M> =>
    modelOf(connection, await connection.call(name, args)) as M
  return {
    fit: (data, options = {}) => model('fit', [data, options]),
    fitTable: (rows, options = {}) => model('fitTable', [rows, options]),
    load: (source) => model('load', [source, {}]),
    terminate: () => connection.terminate(),
  }
}

/** Bundlers look for this very expression. */
function ownWorker(): Worker {
  return new Worker(new URL('./thread.js', import.meta.url), { type: 'module' })
}

/** The model as the page has it: what is known of it, and its methods as calls. */
function modelOf(connection: Connection, sent: unknown): object {
  if (!isSentModel(sent)) throw new TypeError('The worker sent no model.')
  const { scorefieldModel: number, facts, methods } = sent
  const model: Record<string, unknown> = { ...facts }
  for (const name of methods)
    model[name] = (...args: unknown[]) => connection.call(name, args, { model: number })
  connection.hold(model, number)
  return model
}
