import type { TrainingState } from '../../training/index.ts'
import type { RunConfig } from '../config/schema.ts'
import { loadCheckpoint, type RunWarning } from '../folder/checkpoint.node.ts'
import type { Run } from '../folder/folder.node.ts'
import type { RunChange } from '../folder/manifest.ts'
import { endedBy, longer, withFreshPatience } from './going-on.ts'

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
 * Errors: those of `loadCheckpoint`; `training/fewer-steps` unless there are more steps than are done.
 */
export async function continueRun(run: Run, options: ContinueOptions): Promise<Continued> {
  const { value: state, warnings } = await loadCheckpoint(run, 'latest')
  const { steps = run.config.training.steps } = options
  const change =
    steps === run.config.training.steps ? undefined : lengthening(run, state, { ...options, steps })
  const goesOn = change ? changed(run, change) : run
  // Also where it was stopped before the first checkpoint after the change.
  const isAnew = goesOn.history?.at(-1)?.step === state.step
  const now = isAnew ? withFreshPatience(state) : state
  return { run: goesOn, change, state: now, warnings, ended: endedBy(now, goesOn.config.training) }
}

function lengthening(
  run: Run,
  { step }: TrainingState,
  { steps, commandLine }: ContinueOptions & { readonly steps: number },
): RunChange {
  const before = run.config.training
  const now = longer(before, { model: run.name, done: step, steps })
  const changes = (['steps', 'patienceEvaluations'] as const).filter((name) => now[name] !== before[name])
  return {
    at: new Date().toISOString(),
    step,
    commandLine,
    changed: Object.fromEntries(
      changes.map((name) => [`training.${name}`, { from: before[name], to: now[name] }]),
    ),
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
