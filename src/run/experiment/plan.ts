import type { Encoding } from '../../data/index.ts'
import type { Shape } from '../../engine/index.ts'
import {
  buildModel,
  type Family,
  type FamilyFacts,
  families,
  type Model,
  otherConditions,
  seenEvent,
} from '../../family/index.ts'
import { type Network, networkOf, usualNetwork } from '../../nn/index.ts'
import { type Objective, objectives } from '../../objective/index.ts'
import { samplingMethods, usualMethod } from '../../sampling/index.ts'
import { batchSizeThatFits } from '../../training/index.ts'
import { completeConfig, mergeOptions, trainingConfigOf } from '../config/config.ts'
import { defaultSize, defaultTraining } from '../config/defaults.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import type { PreparedData } from '../data/kind.ts'
import { orderOfColumns } from './column-order.ts'
import { asLearned, learnsPartly, partsByColumn, withConditionNames } from './partly-known.ts'
import { builtAndTried } from './tried-family.ts'

/** A run as it would be: its configuration with nothing left open, its data, read and encoded, and its model. */
export interface RunPlan {
  readonly config: RunConfig
  readonly prepared: PreparedData
  readonly model: Model
}

/** The records that a model is made of: its network where that is in no list. */
export interface ModelRecords {
  readonly family: Family
  readonly network?: Network | undefined
}

/** Points as a model sees them, and what they are conditioned on. */
export interface Points {
  readonly encoding: Encoding
  readonly conditions?: FamilyFacts['conditions']
}

/** What a plan is made from. */
export interface Planning {
  /** What a person says. */
  readonly given: RunOptions
  readonly prepared: PreparedData
  /** The family that `given` names, the first unless it names one. */
  readonly records: ModelRecords
  /** Name in `dataKinds`. */
  readonly kind: string
  /** Name of the run unless given. */
  readonly name: string
}

/** Chooses from the data what the options leave open. Throws `config/invalid`, and what the family and the objective throw. */
export function planOf({ given: told, prepared: read, records, kind, name }: Planning): RunPlan {
  const { family } = records
  const given = withConditionNames(told, read.encoding)
  const { event } = read.encoding
  const network = given.model?.network ?? usualNetwork(seenEvent(family, event)).name
  const { seed: _, ...training } = defaultTraining({
    ...read.facts,
    ...{ family, event },
    network: records.network ?? networkOf(network),
  })
  const objective = objectiveNamed(given.training?.objective ?? training.objective)
  const chosen: RunOptions = {
    name,
    data: { kind, ...read.chosen },
    model: {
      family: family.name,
      network,
      size: defaultSize(family, { event, rows: read.facts.rows }, records.network ?? network),
    },
    training: { ...training, ...trainingOf(objective, event, read.guidance) },
    sampling: samplingOf(family, objective, { sampler: given.sampling?.sampler, guidance: read.guidance }),
  }
  const config = completeConfig({ given, chosen })
  const prepared = asLearned(read, config)
  const model = builtModel(config, records, {
    encoding: prepared.encoding,
    conditions: prepared.source.example.conditions,
  })
  // What the objective cannot do with the family is an error before anything is written.
  const step = batchSizeThatFits({ model, config: trainingConfigOf(config), family: family.name })
  const { batchSize } = config.training
  if (step.batchSize === batchSize) return { config, prepared, model }
  const size = `${Number((step.askedBytes / 1e9).toPrecision(2))} GB`
  if (given.training?.batchSize !== undefined)
    return {
      config,
      prepared: withNote(prepared, `A step of ${batchSize} rows takes about ${size} of memory.`),
      model,
    }
  const note = `Batches have ${step.batchSize} rows: a step of ${batchSize} would take about ${size} of memory.`
  const fewer = mergeOptions(chosen, { training: { batchSize: step.batchSize } })
  return { config: completeConfig({ given, chosen: fewer }), prepared: withNote(prepared, note), model }
}

/**
 * The model that a configuration describes, for these points.
 *
 * Errors: those of `orderOfColumns` and `buildModel`; of a family in no list those of `builtAndTried`.
 */
export function builtModel(
  config: RunConfig,
  {
    family,
    network = config.model.network,
  }: { readonly family: Family; readonly network?: Network | string | undefined },
  { encoding, conditions }: Points,
): Model {
  const { size, columnOrder } = config.model
  const partly = learnsPartly(config)
  const facts: FamilyFacts = {
    event: encoding.event,
    parts: partly ? partsByColumn(encoding).parts : encoding.parts,
    partlyKnown: partly,
    network,
    size,
    sigmaData: config.training.sigmaData,
    order: columnOrder && orderOfColumns(columnOrder, encoding, family),
    conditions: otherConditions(conditions),
  }
  const model = families.includes(family) ? buildModel(family, facts) : builtAndTried(family, facts)
  return objectiveNamed(config.training.objective)?.reads?.as(model) ?? model
}

/** What an objective would rather have than what is usual. */
function trainingOf(
  objective: Objective | undefined,
  event: Shape,
  guidance: number | undefined,
): Partial<Pick<RunConfig['training'], 'weighting' | 'learningRate' | 'objectiveOptions'>> {
  const { weighting, placesRate, settings = {} } = objective ?? {}
  return {
    // A guided teacher, where its points are usually drawn so.
    ...(guidance !== undefined && settings['guidance'] ? { objectiveOptions: { guidance } } : {}),
    ...(weighting === undefined ? {} : { weighting }),
    ...(placesRate === undefined || event.length === 1 ? {} : { learningRate: placesRate }),
  }
}

/** The objective of that name, where it is of the list. */
function objectiveNamed(name: string): Objective | undefined {
  return objectives.find((objective) => objective.name === name)
}

function withNote(prepared: PreparedData, note: string): PreparedData {
  return { ...prepared, notes: [...prepared.notes, note] }
}

/** How samples are drawn: by the sampler told, else by the usual one of what the family's models are when they are trained. */
function samplingOf(
  family: Family,
  objective: Objective | undefined,
  {
    sampler: told,
    guidance,
  }: { readonly sampler: string | undefined; readonly guidance: number | undefined },
): NonNullable<RunOptions['sampling']> {
  const abilities = objective?.reads?.can ?? family.can
  const can = Object.fromEntries(abilities.map((ability) => [ability, true]))
  const usual = usualMethod({ levels: family.levels, can }) ?? samplingMethods[0]!
  const method = samplingMethods.find(({ name }) => name === told) ?? usual
  const isGuided = guidance !== undefined && method.needs.includes('denoise')
  return {
    sampler: method.name,
    steps: method.steps,
    ...(isGuided ? { guidance: { weight: guidance } } : {}),
  }
}
