import { ScorefieldError } from '../../base/index.ts'
import { isTired, type TrainingState } from '../../training/index.ts'
import type { RunConfig } from '../config/schema.ts'
import { loadCheckpoint, type RunWarning } from '../folder/checkpoint.node.ts'
import type { Run } from '../folder/folder.node.ts'
import type { RunChange } from '../folder/manifest.ts'

/** A run to go on with, and where it is. */
export interface Continued {
  /** As it shall be. */
  readonly run: Run
  /** What is to be written into its folder before it goes on (`amendRun`); undefined where all stays as it is. */
  readonly change: RunChange | undefined
  readonly state: TrainingState
  readonly warnings: readonly RunWarning[]
  /** Why there is nothing to do: all steps are done, or training stopped early; undefined where there is. */
  readonly ended: 'finished' | 'early-stop' | undefined
}

/** How a run is gone on with. */
export interface ContinueOptions {
  /** Steps in all, more than are done; as many as run.json says unless given. */
  readonly steps?: number | undefined
  readonly commandLine: readonly string[]
}

/**
 * A run at its newest checkpoint, to go on with; with more steps in all where they are told. Writes nothing.
 *
 * The schedule is then that of the new total, so the learning rate rises again; patience grows with the steps, and is counted
 * anew.
 * Errors: those of `loadCheckpoint`; `training/fewer-steps` unless there are more steps than are done.
 */
export async function continueRun(run: Run, options: ContinueOptions): Promise<Continued> {
  const { value: state, warnings } = await loadCheckpoint(run, 'latest')
  const { steps = run.config.training.steps } = options
  const change =
    steps === run.config.training.steps ? undefined : lengthening(run, state, { ...options, steps })
  const longer = change ? changed(run, change) : run
  // Also where it was stopped before the first checkpoint after the change.
  const isAnew = longer.history?.at(-1)?.step === state.step
  const now = isAnew ? { ...state, evaluationsWithoutBest: 0 } : state
  const tired = isTired(now, longer.config.training.patienceEvaluations) ? 'early-stop' : undefined
  const ended = state.step >= steps ? 'finished' : tired
  return { run: longer, change, state: now, warnings, ended }
}

/** Throws `training/fewer-steps`. */
function lengthening(
  run: Run,
  { step }: TrainingState,
  { steps, commandLine }: ContinueOptions & { readonly steps: number },
): RunChange {
  if (steps <= step)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'training/fewer-steps',
      message: `The run ${run.name} has done ${step} steps; ${steps} in all leave none to do.`,
      where: 'training.steps',
      hint: `Give more than ${step}, or train a new run.`,
    })
  const before = run.config.training
  const patienceEvaluations = Math.max(
    before.patienceEvaluations,
    Math.round((before.patienceEvaluations * steps) / before.steps),
  )
  return {
    at: new Date().toISOString(),
    step,
    commandLine,
    changed: {
      'training.steps': { from: before.steps, to: steps },
      ...(patienceEvaluations === before.patienceEvaluations
        ? {}
        : { 'training.patienceEvaluations': { from: before.patienceEvaluations, to: patienceEvaluations } }),
    },
  }
}

/** The run with the settings that a change says. */
function changed(run: Run, change: RunChange): Run {
  const told = Object.fromEntries(
    Object.entries(change.changed).map(([path, { to }]) => [path.replace(/^training\./, ''), to]),
  )
  const config: RunConfig = { ...run.config, training: { ...run.config.training, ...told } }
  return { ...run, config, history: [...(run.history ?? []), change] }
}
