import type { Executor } from './runtime.ts'

/** A place that one program at a time holds: from before it is made until it is disposed, or forgotten. */
export class Place {
  private holder: { readonly executor?: WeakRef<Executor> } | undefined

  /** A new holder of the place, if nobody holds it. */
  take(): object | undefined {
    if (this.holder?.executor && !this.holder.executor.deref()) this.holder = undefined
    if (this.holder) return undefined
    this.holder = {}
    return this.holder
  }

  /** From now on the place is held for this executor, and free when it is disposed. */
  holdUntilDisposed(holder: object, executor: Executor): void {
    if (this.holder !== holder) return
    const held = { executor: new WeakRef(executor) }
    this.holder = held
    const dispose = executor.dispose.bind(executor)
    executor.dispose = async () => {
      this.give(held)
      await dispose()
    }
  }

  /** Frees the place, if this holder has it. */
  give(holder: object): void {
    if (this.holder === holder) this.holder = undefined
  }
}

/** Who may keep its threads awake between runs. */
export const eager: Place = new Place()
