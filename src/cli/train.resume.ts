import { ScorefieldError } from '../base/index.ts'
import type { Runtime } from '../engine/index.ts'
import {
  amendRun,
  continueRun,
  type DataDescription,
  dataOf,
  openRun,
  planAgain,
  type Run,
  setAll,
} from '../run/node.ts'
import type { CommandContext } from './command.ts'
import { runtimeOf } from './options.ts'
import { count, group, type Terminal } from './terminal.ts'
import type { Begun, TrainOptions } from './train.begin.ts'

/** The one setting that a run may be given anew. */
const steps = 'training.steps'

/** Opens a run to go on with, with more steps in all where they are told. */
export async function reopen(
  folder: string,
  data: string | undefined,
  options: TrainOptions,
  { terminal, context }: { readonly terminal: Terminal; readonly context: CommandContext },
): Promise<Begun> {
  const asked = stepsAsked(data, options)
  const run = await openRun(folder)
  const continued = await continueRun(run, { steps: asked, commandLine: context.args })
  const { state, warnings, ended, change } = continued
  for (const warning of warnings) terminal.warn(warning.message)
  const plan = await planAgain(run)
  dataOf(run.data as DataDescription).requireSame(plan.prepared.description)
  const again = { ...plan, config: continued.run.config }
  const runtime = await runtimeOf(options, terminal)
  if (options.dryRun) return { run: undefined, plan: again, runtime }
  if (change) await amendRun(continued.run)
  const { training } = continued.run.config
  const more = `scorefield train --resume ${folder} --steps N`
  if (ended === 'finished')
    terminal.say(
      `${folder} is finished: all of its ${count(training.steps, 'step')} are done. To train it longer, say how many in all: ${more}`,
    )
  else if (ended === 'early-stop')
    terminal.say(
      `${folder} stopped early at step ${group(state.step)} of ${group(training.steps)}: the held-out loss fell no more. To train it longer, say how many in all: ${more}`,
    )
  else terminal.say(`Going on with ${folder} at step ${group(state.step)} of ${group(training.steps)}.`)
  const otherwise = await computedOtherwise(run, runtime)
  if (otherwise) terminal.warn(otherwise)
  return { run: continued.run, plan: again, runtime, resume: state }
}

/** Steps in all, where they are told by --steps or --set. Throws `usage/resume` where anything else is told. */
function stepsAsked(data: string | undefined, options: TrainOptions): number | undefined {
  const isSteps = (assignment: string): boolean => assignment.split('=')[0]!.trim() === steps
  const sets = options.set ?? []
  const told = [
    ...(data === undefined ? [] : ['a data argument']),
    ...(
      [
        'out',
        'from',
        'sql',
        'format',
        'seed',
        'minutes',
        'batchSize',
        'learningRate',
        'family',
        'objective',
        'conditions',
        'gaps',
        'kind',
        'size',
        'fit',
        'broken',
        'flip',
        'config',
      ] as const
    )
      .filter((name) => options[name] !== undefined)
      .map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`),
    ...sets.filter((assignment) => !isSteps(assignment)).map((assignment) => `--set ${assignment}`),
  ]
  if (told.length > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/resume',
      message: `--resume takes everything from the run, except the number of steps; ${told.join(' and ')} cannot be changed.`,
      hint: 'Leave these out, or start a new run; train DATA --from RUN starts one from the weights of another.',
    })
  return options.steps ?? setAll({}, sets).training?.steps
}

/** What to tell where other packages computed the run so far. */
async function computedOtherwise({ versions }: Run, runtime: Runtime): Promise<string | undefined> {
  const now = Object.keys((await runtime.packages?.()) ?? {})
  const before = Object.keys(versions).filter((name) => name.startsWith('onnxruntime-'))
  if (before.length === 0 || now.some((name) => before.includes(name))) return undefined
  return `${before.join(', ')} computed this run so far, and ${now.join(', ')} continues it: its last digits will differ from those of an uninterrupted run.`
}
