import type { Runtime } from '../../engine/index.ts'
import { startValues } from '../../nn/index.ts'
import { stepCost, train } from '../../training/index.ts'
import { trainingConfigOf } from '../config/config.ts'
import type { RunPlan } from './plan.ts'

/** Calls of the runtime that are timed, after one that warms up: at least, and at most. */
const timedCalls = { least: 3, most: 40 }

/** Seconds after which enough calls are timed. */
const enoughSeconds = 2

/** A step of more floating-point operations is a call by itself: the time between two calls is then none. */
const longStep = 1e9

/** The first steps of a planned training, timed. */
export interface TimedSteps {
  readonly secondsPerStep: number
  /** Seconds until the first step: tracing, compiling. */
  readonly compileSeconds: number
}

/**
 * Measures how long a step of a planned training takes by doing its first ones, writing nothing. Rejects with the signal's reason,
 * where there is one. onCall: told after each call of the runtime.
 */
export async function timedSteps(
  { config, prepared, model }: RunPlan,
  {
    runtime,
    signal,
    onCall,
  }: {
    readonly runtime?: Runtime | undefined
    readonly signal?: AbortSignal | undefined
    readonly onCall?: (() => void) | undefined
  },
): Promise<TimedSteps> {
  const never = Number.MAX_SAFE_INTEGER
  const told = trainingConfigOf(config)
  const { flops } = stepCost({ model, config: told, family: config.model.family })
  const stepsPerCall = flops > longStep ? 1 : told.stepsPerCall
  const events = train({
    model,
    config: {
      ...told,
      stepsPerCall,
      steps: stepsPerCall * (1 + timedCalls.most),
      evaluateEverySteps: never,
      checkpointEverySteps: never,
      patienceEvaluations: 0,
    },
    family: config.model.family,
    // What they are makes no difference to the time; an objective may ask for some.
    start: startValues(model.parameters, told.seed),
    data: prepared.source,
    moments: prepared.moments,
    runtime,
    signal,
  })
  // Calls may have fewer steps than told, where batches are large.
  const seen: { readonly step: number; readonly secondsElapsed: number }[] = []
  let compileSeconds = 0
  for await (const event of events) {
    if (event.type === 'start') compileSeconds = event.compileSeconds
    if (event.type !== 'step') continue
    seen.push(event)
    onCall?.()
    const seconds = event.secondsElapsed - seen[0]!.secondsElapsed
    if (seen.length > timedCalls.least && seconds > enoughSeconds) break
  }
  signal?.throwIfAborted()
  const [first, last] = [seen[0]!, seen.at(-1)!]
  return {
    secondsPerStep: (last.secondsElapsed - first.secondsElapsed) / (last.step - first.step),
    compileSeconds,
  }
}
