import type { Runtime } from '../../engine/index.ts'
import type { RunPlan } from './plan.ts'
import { timedSteps } from './timed-steps.ts'

/** What a training would take. */
export interface RunEstimate {
  /** Seconds of all steps, should none be spared by an early stop; held-out losses and checkpoints come on top. */
  readonly seconds: number
  readonly secondsPerStep: number
  /** Memory that the process holds while training, bytes. */
  readonly residentBytes: number
}

/**
 * Measures what a planned training takes by doing its first steps, writing nothing. Rejects with the signal's reason, where there
 * is one.
 */
export async function estimateRun(
  plan: RunPlan,
  runtime: Runtime,
  signal?: AbortSignal | undefined,
): Promise<RunEstimate> {
  let residentBytes = 0
  const onCall = (): void => {
    residentBytes = Math.max(residentBytes, process.memoryUsage().rss)
  }
  const { secondsPerStep } = await timedSteps(plan, { runtime, signal, onCall })
  return { seconds: plan.config.training.steps * secondsPerStep, secondsPerStep, residentBytes }
}
