/** Training in a worker, so that the page stays quick: the same calls as in the page, computed in another thread. */
export {
  openWorker,
  type Trainer,
  type WorkerFitOptions,
  type WorkerFitTableOptions,
  type WorkerOptions,
  type WorkerRowModel,
  type WorkerTableModel,
} from './trainer.ts'
