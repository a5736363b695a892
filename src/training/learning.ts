import { byName, ScorefieldError } from '../base/index.ts'
import * as f from '../engine/index.ts'
import {
  asInputs,
  conditionTypes,
  fromInputs,
  type Model,
  requireAbilities,
  type Values,
  withDerived,
} from '../family/index.ts'
import {
  type Losses,
  type Moments,
  type Objective,
  type ObjectiveFacts,
  objectives,
  onePlayer,
  type Player,
  type Weighting,
  weightings,
} from '../objective/index.ts'
import type { TrainingConfig } from './config.ts'

/** What is learned and by what: a model, an objective with its settings, and how noise levels are drawn. */
export interface Learning {
  readonly objective: Objective
  /** Absent where examples carry no noise levels. */
  readonly weighting: Weighting | undefined
  readonly facts: ObjectiveFacts
  readonly players: readonly Player[]
}

/** What of a training's configuration says what is learned. */
export type LearningConfig = Pick<
  TrainingConfig,
  'objective' | 'objectiveOptions' | 'weighting' | 'batchSize' | 'sigmaMin' | 'sigmaMax' | 'sigmaData'
> &
  Partial<Pick<TrainingConfig, 'steps'>>

/**
 * The objective that a configuration names, for this model.
 *
 * Throws `usage/unknown-name`, `training/unknown-option`, and kind `ability`, `family/cannot` or `family/levels`, where the model
 * lacks what the objective asks for.
 */
export function learningOf(options: {
  readonly model: Model
  readonly config: LearningConfig
  /** Of the training points; a standard normal of deviation σ_d unless given. */
  readonly moments?: (() => Moments) | undefined
  /** Name of the model's family, for messages. */
  readonly family?: string | undefined
  /** An objective that is in no list. */
  readonly objective?: Objective | undefined
}): Learning {
  const { config, family = 'of this model' } = options
  const objective = options.objective ?? byName(objectives, config.objective, 'objective')
  const model = withDerived(objective.reads?.as(options.model) ?? options.model)
  requireAbilities(model, objective.needs, { family, asks: `The objective "${objective.name}"` })
  if (objective.levels !== model.levels) throw wrongLevels(objective, family)
  const { sigmaMin, sigmaMax, sigmaData, batchSize } = config
  const facts: ObjectiveFacts = {
    event: model.event,
    batchSize,
    model,
    range: { sigmaMin, sigmaMax, sigmaData },
    moments: options.moments ?? (() => isotropic(f.sizeOf(model.event), sigmaData)),
    settings: knownSettings(objective, config.objectiveOptions),
    steps: config.steps,
  }
  return {
    objective,
    weighting: objective.levels === 'each' ? byName(weightings, config.weighting, 'weighting') : undefined,
    facts,
    players: objective.players?.(facts.settings) ?? onePlayer,
  }
}

function wrongLevels(objective: Objective, family: string): ScorefieldError {
  const [asked, has] =
    objective.levels === 'each' ? ['every noise level', 'one'] : ['one noise level', 'every noise level']
  return new ScorefieldError({
    kind: 'ability',
    code: 'family/levels',
    message: `The objective "${objective.name}" trains models of ${asked}; the family "${family}" is of ${has}.`,
    hint: '`scorefield list objectives` and `scorefield list families` say which go together.',
  })
}

function isotropic(dimension: number, deviation: number): Moments {
  const cholesky = new Float64Array(dimension * dimension)
  for (let k = 0; k < dimension; k++) cholesky[k * dimension + k] = deviation
  return { mean: new Float64Array(dimension), cholesky }
}

/** The objective's settings with what differs from their defaults, none of them unknown. */
function knownSettings(
  { name, settings }: Objective,
  told: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  for (const key of Object.keys(told))
    if (!Object.hasOwn(settings, key))
      throw new ScorefieldError({
        kind: 'usage',
        code: 'training/unknown-option',
        message: `The objective "${name}" has no setting "${key}".`,
        hint: `It has: ${Object.keys(settings).join(', ') || 'none'}.`,
      })
  const defaults = Object.entries(settings).map(([key, setting]) => [key, setting.default] as const)
  return { ...Object.fromEntries(defaults), ...told }
}

/** How a draw is called among the inputs of a program. */
export const drawName = (draw: string): string => `draw/${draw}`

/** Types of the tensors of one batch, by input name. */
export function batchInputs({ objective, weighting, facts }: Learning): Record<string, f.TensorType> {
  const { batchSize, event, model } = facts
  const of = (shape: f.Shape): f.TensorType => ({ shape: [batchSize, ...shape], dtype: 'float32' })
  const inputs: Record<string, f.TensorType> = { data: of(event) }
  for (const [name, { shape }] of Object.entries(objective.draws(facts))) inputs[drawName(name)] = of(shape)
  if (weighting) {
    inputs['sigma'] = of([])
    inputs['weight'] = of([])
  }
  return { ...inputs, ...asInputs(conditionTypes(model.conditions, batchSize)) }
}

/** The losses of one batch, [B] by player, from its tensors. */
export function batchLosses(
  { objective, weighting, facts }: Learning,
  values: Values,
  inputs: f.Named<f.Tensor>,
  state: f.Named<f.Tensor> = {},
): Losses {
  const draws = Object.keys(objective.draws(facts)).map((name) => [name, inputs[drawName(name)]!])
  return objective.losses({
    ...facts,
    can: facts.model.can as Required<Model['can']>,
    values,
    data: inputs['data']!,
    conditions: fromInputs(inputs, facts.model.conditions),
    draws: Object.fromEntries(draws),
    level: weighting ? { sigma: inputs['sigma']!, weight: inputs['weight']! } : undefined,
    state,
  })
}
