import { ScorefieldError } from '../../base/index.ts'
import { type TrainingState, train } from '../../training/index.ts'
import { mergeOptions, trainingConfigOf } from '../config/config.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import type { PreparedData } from '../data/kind.ts'
import { keptFrom, longer, withFreshPatience } from '../experiment/going-on.ts'
import { asLearned } from '../experiment/partly-known.ts'
import { planOf, type RunPlan } from '../experiment/plan.ts'
import { withinMinutes } from '../experiment/within-minutes.ts'
import type { ToldOptions, TrainingOptions } from './fit-options.ts'
import type { LearnedModel, LearnedParts } from './learned-model.ts'

/** What is learned: the data, made ready, and what was told. */
export interface Learning {
  readonly prepared: PreparedData
  /** Name in `dataKinds`. */
  readonly kind: string
  /** What the model is called unless told. */
  readonly name: string
  readonly told: ToldOptions
  readonly options: TrainingOptions
}

/**
 * Trains, and gives all that makes the model. Rejects with the signal's reason where it is set off.
 *
 * @throws ScorefieldError `config/invalid`, `training/not-finite`, `training/fewer-steps` where a training shall go on that has done all
 * of its steps, `model/other-model` where what it shall start from is another kind of model.
 */
export async function learned({ prepared, kind, name, told, options }: Learning): Promise<LearnedParts> {
  const { runtime, signal, finish, onEvent, from, resume } = options
  signal?.throwIfAborted()
  const { plan: untimed, start } = resume
    ? planOfResumed(resume, told, prepared)
    : from
      ? planOfWarmStart(from, { prepared, kind, name, told })
      : {
          plan: planOf({ given: inMemory(told.given), records: told.records, prepared, kind, name }),
          start: undefined,
        }
  const records = (resume ?? from)?.records ?? told.records
  const plan = resume
    ? untimed
    : await withinMinutes(untimed, { given: kept(told.given, from), records, runtime, signal })
  const { config, model } = plan
  const events = train({
    model,
    family: config.model.family,
    config: trainingConfigOf(config),
    data: plan.prepared.source,
    moments: plan.prepared.moments,
    heldOut: plan.prepared.heldOut,
    ...(start ? { start } : {}),
    resume: resume && withFreshPatience(resume.state),
    runtime,
    signal: eitherOf(signal, finish),
  })
  let state: TrainingState | undefined
  for await (const event of events) {
    onEvent?.(event)
    if (event.type === 'done') state = event.state
  }
  signal?.throwIfAborted()
  if (!state)
    throw new ScorefieldError({
      kind: 'internal',
      code: 'training/no-end',
      message: 'Training ended without a result.',
    })
  return {
    config,
    description: plan.prepared.description,
    model,
    records,
    encoding: plan.prepared.encoding,
    state,
    runtime,
  }
}

/** A signal that is set off by either of two. */
function eitherOf(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a && b ? AbortSignal.any([a, b]) : (a ?? b)
}

/** What is told, and what a model to start from decides. */
function kept(given: RunOptions, from: LearnedModel | undefined): RunOptions {
  return from ? mergeOptions(given, keptFrom(from.config, given.training?.objective)) : given
}

/** The rows are the program's own: no file can be read again. */
function inMemory(given: RunOptions): RunOptions {
  return mergeOptions(given, { data: { source: 'rows in memory' } })
}

/** The plan of a training that goes on: as it was, up to other steps in all. */
function planOfResumed(
  resume: LearnedModel,
  { given }: ToldOptions,
  prepared: PreparedData,
): { readonly plan: RunPlan; readonly start: undefined } {
  const before = resume.config
  const { steps = before.training.steps } = given.training ?? {}
  const others = [
    ...Object.keys(given.training ?? {}).filter((option) => option !== 'steps'),
    ...Object.keys(given.model ?? {}),
    ...(given.seed === undefined ? [] : ['seed']),
  ]
  if (others.length > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/resume',
      message: `A training that goes on takes everything from the model; ${others.join(' and ')} cannot be changed.`,
      hint: 'Give steps alone, or start from the model’s weights with `from`.',
    })
  const training = {
    ...before.training,
    ...longer(before.training, { model: resume.name, done: resume.step, steps }),
  }
  const config: RunConfig = { ...before, training }
  return {
    plan: { config, prepared: asLearned(prepared, config), model: resume.fitted.whole },
    start: undefined,
  }
}

/** The plan of a training that starts from a model's weights: its family, network and sizes, all else as for new data. */
function planOfWarmStart(
  from: LearnedModel,
  { told, ...learning }: Omit<Learning, 'options'>,
): {
  readonly plan: RunPlan
  readonly start: LearnedModel['fitted']['values'] & Readonly<Record<string, Float32Array>>
} {
  const others = Object.keys(told.given.model ?? {})
  if (others.length > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/from',
      message: `A warm start takes the model as it is; ${others.join(' and ')} cannot be changed.`,
      hint: 'Leave them out, or train anew.',
    })
  const given = mergeOptions(told.given, keptFrom(from.config, told.given.training?.objective))
  const plan = planOf({ ...learning, given: inMemory(given), records: from.records })
  return { plan, start: from.fitted.values as Readonly<Record<string, Float32Array>> }
}
