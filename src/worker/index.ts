/** Training in a worker, so that the page stays quick: the same calls as in the page, computed in another thread. */
export {
  openWorker,
  type Trainer,
  type WorkerFitData,
  type WorkerFitOptions,
  type WorkerModel,
  type WorkerOptions,
} from './trainer.ts'
