import type { Runtime } from '../../engine/index.ts'
import { type TrainingEvent, type TrainingState, type TrainingTask, train } from '../../training/index.ts'
import { trainingConfigOf } from '../config/config.ts'
import { saveCheckpoint } from '../folder/checkpoint.node.ts'
import type { Run } from '../folder/folder.node.ts'
import { lockRun } from '../folder/lock.node.ts'
import { appendEvent, rewindEvents } from '../folder/metrics.node.ts'
import type { RunPlan } from './plan.ts'

/**
 * Trains a run, passing on the events of `train`: each is written to metrics.jsonl, each checkpoint to the folder, before
 * it is passed on.
 */
export async function* executeRun(options: {
  readonly run: Run
  /** Of the run: what its data are, and its model. */
  readonly plan: Pick<RunPlan, 'prepared' | 'model'>
  readonly resume?: TrainingState | undefined
  /** Weights to start from, where nothing is resumed. */
  readonly start?: TrainingTask['start']
  readonly runtime?: Runtime | undefined
  readonly tellWeights?: TrainingTask['tellWeights']
  readonly signal?: AbortSignal | undefined
}): AsyncGenerator<TrainingEvent> {
  const { run, resume, start, runtime, signal, tellWeights } = options
  const { prepared, model } = options.plan
  const lock = await lockRun(run)
  try {
    // What was logged after the checkpoint is done again, and logged again.
    if (resume) await rewindEvents(run, resume.step)
    const shapes = Object.fromEntries(
      Object.entries(model.parameters).map(([name, { shape }]) => [name, shape]),
    )
    const events = train({
      model,
      family: run.config.model.family,
      config: trainingConfigOf(run.config),
      data: prepared.source,
      moments: prepared.moments,
      heldOut: prepared.heldOut,
      resume,
      start,
      runtime,
      tellWeights,
      signal,
    })
    for await (const event of events) {
      if (event.type === 'checkpoint') await saveCheckpoint(run, event.state, { shapes })
      // Weights are for whoever asked: what a run keeps of them are its checkpoints.
      if (event.type !== 'weights') await appendEvent(run, event)
      yield event
    }
  } finally {
    await prepared.dispose?.()
    await lock.release()
  }
}
