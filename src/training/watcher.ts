import type { HostArray } from '../engine/index.ts'
import type { Watch } from '../objective/index.ts'
import type { TrainingEvent } from './events.ts'
import { tellOutput } from './step.ts'

/** Looks at what an objective tells of each batch, and warns where one of its watches stays bad. */
export class Watcher {
  private readonly watched: readonly { readonly watch: Watch; badSteps: number }[]
  private found: { readonly watch: Watch; readonly value: number; readonly step: number }[] = []

  constructor(watches: readonly Watch[]) {
    this.watched = watches.map((watch) => ({ watch, badSteps: 0 }))
  }

  /** Whether anything was bad in the last step. */
  get bad(): boolean {
    return this.watched.some(({ badSteps }) => badSteps > 0)
  }

  /** The outputs of a call's steps, the first of which is step `before` + 1. */
  add(outputs: Readonly<Record<string, HostArray>>, before: number): void {
    for (const it of this.watched) {
      const { watch } = it
      outputs[tellOutput(watch.tell)]!.forEach((value, k) => {
        it.badSteps = watch.isBad(value) ? it.badSteps + 1 : 0
        // Told once, and again only after it was good in between.
        if (it.badSteps === watch.steps) this.found.push({ watch, value, step: before + k + 1 })
      })
    }
  }

  /** What is to be told since the last time. */
  *warnings(): Generator<TrainingEvent> {
    for (const { watch, value, step } of this.found.splice(0))
      yield {
        type: 'warning',
        code: watch.code,
        message: `${watch.message(value)} So it was in ${watch.steps} steps up to ${step}; weights from before are kept.`,
      }
  }
}
