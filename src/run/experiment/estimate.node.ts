import type { Runtime } from '../../engine/index.ts'
import { train } from '../../training/index.ts'
import { trainingConfigOf } from '../config/config.ts'
import type { RunPlan } from './plan.ts'

/** Calls of the runtime that are timed, after one that warms up. */
const timedCalls = 3

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
  { config, prepared, model }: RunPlan,
  runtime: Runtime,
  signal?: AbortSignal | undefined,
): Promise<RunEstimate> {
  const { stepsPerCall, steps } = config.training
  const never = Number.MAX_SAFE_INTEGER
  const events = train({
    model,
    config: {
      ...trainingConfigOf(config),
      steps: stepsPerCall * (1 + timedCalls),
      evaluateEverySteps: never,
      checkpointEverySteps: never,
      patienceEvaluations: 0,
    },
    family: config.model.family,
    data: prepared.source,
    moments: prepared.moments,
    runtime,
    signal,
  })
  // Calls may have fewer steps than told, where batches are large.
  const seen: { readonly step: number; readonly secondsElapsed: number }[] = []
  let residentBytes = 0
  for await (const event of events)
    if (event.type === 'step') {
      seen.push(event)
      residentBytes = Math.max(residentBytes, process.memoryUsage().rss)
    }
  signal?.throwIfAborted()
  const [first, last] = [seen[0]!, seen.at(-1)!]
  const secondsPerStep = (last.secondsElapsed - first.secondsElapsed) / (last.step - first.step)
  return { seconds: steps * secondsPerStep, secondsPerStep, residentBytes }
}
