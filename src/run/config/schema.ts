import { z } from 'zod'
import { families, type ModelSize } from '../../family/index.ts'
import { networks } from '../../nn/index.ts'
import { objectives, weightings } from '../../objective/index.ts'
import { optimisers, schedules, type TrainingConfig } from '../../training/index.ts'
import { type DataConfig, data } from './data-schema.ts'
import { modelSize, objectiveOptions, optimiserOptions, sizesThatMayBeNone } from './dependent-names.ts'
import { numbersByName } from './numbers-by-name.ts'
import { type SamplingConfig, sampling } from './sampling-schema.ts'
import {
  flag,
  nameOrOwn,
  nameOrPath,
  oneOf,
  partial,
  real,
  type Setting,
  settingsOf,
  text,
  texts,
  whole,
} from './setting.ts'

/** The version of run configurations that is written; older ones would be read, too. */
export const configVersion = 3

/** All that a run is told, with nothing left open. The seed of everything is `seed`. */
export interface RunConfig {
  readonly version: 3
  readonly name: string
  readonly seed: number
  readonly data: DataConfig
  readonly model: {
    readonly family: string
    readonly network: string
    readonly size: ModelSize
    readonly columnOrder?: readonly string[]
    /** The columns that may be given. */
    readonly conditions?: readonly string[]
  }
  readonly training: Omit<TrainingConfig, 'seed'>
  readonly sampling: SamplingConfig
}

type Partially<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? // A record of any names has no parts that could be left out.
      string extends keyof T
      ? T
      : { readonly [K in keyof T]?: Partially<T[K]> }
    : T

/** What a person says of a run: any part of its configuration. */
export type RunOptions = Partially<RunConfig>

const names = (records: readonly { readonly name: string }[]): string[] => records.map(({ name }) => name)

const fromScale = 'measured on the data'
const fromDimension = 'by the number of columns'

const model = z
  .strictObject({
    family: nameOrPath(names(families), {
      description: 'The family of models: how the distribution is modelled.',
      default: families[0]!.name,
    }),
    network: nameOrOwn(names(networks), {
      description: 'The kind of network, of families that take a free one.',
      chosen: 'by the data: u-net for pictures, residual-mlp for rows',
    }),
    size: numbersByName(
      modelSize,
      (name, records) =>
        whole({
          description: `Size "${name}" of ${records}.`,
          from: sizesThatMayBeNone.has(name) ? 0 : 1,
          chosen: 'by the data',
        }),
      'How large the model is; the names depend on the family.',
    ),
    columnOrder: z.exactOptional(
      texts({
        description:
          'All columns in the order in which they are modelled, of families that go column after column; by default, as "size.order" says.',
      }),
    ),
    conditions: z.exactOptional(
      texts({
        description:
          'Columns that may be given when rows are drawn, by name, or ["all"] for all of them; four examples in ten still learn all columns together.',
        chosen: 'none',
      }),
    ),
  })
  .meta({ description: 'What is trained.' })

const training = z
  .strictObject({
    steps: whole({
      description: 'Optimisation steps in all.',
      unit: 'steps',
      from: 1,
      chosen: 'by the number of rows',
    }),
    minutes: z.exactOptional(
      real({
        description:
          'Minutes that training may take: the machine is measured first, and the network and the steps are chosen by it.',
        unit: 'minutes',
        above: 0,
        chosen: 'as the steps take',
      }),
    ),
    batchSize: whole({ description: 'Examples a step.', unit: 'rows', from: 1, chosen: fromDimension }),
    objective: oneOf(names(objectives), {
      description: 'What training makes small.',
      chosen: 'by the family',
    }),
    objectiveOptions: numbersByName(
      objectiveOptions,
      (name, records) =>
        real({ description: `Setting "${name}" of ${records}.`, chosen: "the objective's own" }),
      'Settings of the objective.',
    ),
    weighting: oneOf(names(weightings), {
      description: 'How noise levels are drawn and weighed, by objectives over noise levels.',
      default: weightings[0]!.name,
    }),
    optimiser: oneOf(names(optimisers), {
      description: 'The rule that turns gradients into new weights.',
      default: optimisers[0]!.name,
    }),
    optimiserOptions: numbersByName(
      optimiserOptions,
      (name, records) =>
        real({ description: `Option "${name}" of ${records}.`, chosen: "the optimiser's own" }),
      'Options of the optimiser.',
    ),
    learningRate: real({ description: 'Peak learning rate.', above: 0, chosen: fromDimension }),
    schedule: oneOf(names(schedules), {
      description: 'How the learning rate goes over the run.',
      default: schedules[0]!.name,
    }),
    warmUpSteps: whole({
      description: 'Steps in which the learning rate rises to its peak.',
      unit: 'steps',
      from: 0,
      default: 100,
    }),
    clipNorm: real({
      description: 'Gradients with a larger global norm are scaled down to it; 0 switches it off.',
      from: 0,
      default: 1,
    }),
    emaHalfLifeSteps: real({
      description: 'Steps after which a weight counts half in the average.',
      unit: 'steps',
      above: 0,
      default: 200,
    }),
    powerAverages: z.exactOptional(
      flag({
        description:
          'Whether two more averages of the weights are kept, of which one of any width is made after training.',
        chosen: 'yes for pictures, else no',
      }),
    ),
    sigmaMin: real({ description: 'Smallest noise level σ.', above: 0, chosen: fromScale }),
    sigmaMax: real({ description: 'Largest noise level σ.', above: 0, chosen: fromScale }),
    sigmaData: real({ description: 'Standard deviation of the data.', above: 0, chosen: fromScale }),
    strayShare: z.exactOptional(
      real({
        description: 'Chance that an example is a stray, a row like no other; real tables have some.',
        ...{ from: 0, below: 1, chosen: 'a dozen rows’ worth, at most 0.003; 0 for a toy' },
      }),
    ),
    evaluateEverySteps: whole({
      description: 'Steps between two measurements of the held-out loss.',
      unit: 'steps',
      from: 1,
      default: 250,
    }),
    checkpointEverySteps: whole({
      description: 'Steps between two checkpoints.',
      unit: 'steps',
      from: 1,
      default: 500,
    }),
    patienceEvaluations: whole({
      description: 'Evaluations without a better held-out loss after which training stops; 0 never.',
      unit: 'evaluations',
      from: 0,
      chosen: '6 where rows are held out, else 0',
    }),
    stepsPerCall: whole({
      description: 'Steps in one call of the runtime: fewer answer to Ctrl-C sooner, more are faster.',
      unit: 'steps',
      from: 1,
      default: 25,
    }),
  })
  .meta({ description: 'How it is trained.' })

const config = z.strictObject({
  version: z.literal(configVersion).meta({ description: 'Version of this format.' }),
  name: text({ description: 'Name of the run.', chosen: 'by the data' }),
  seed: whole({ description: 'Seed of all random numbers.', from: 0, default: 0 }),
  data,
  model,
  training,
  sampling,
})

/** A whole configuration. */
export const runConfigSchema: z.ZodType<RunConfig> = config

/** Any part of a configuration: what a file for `--config` holds. */
export const runOptionsSchema: z.ZodType<RunOptions> = partial(config) as z.ZodType<RunOptions>

/** Every setting, in the order of help. */
export const settings: readonly Setting[] = settingsOf(config)

/** JSON Schema (draft 7) of a file for `--config`, for editors: it completes names and shows what each means. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(runOptionsSchema, { target: 'draft-7', io: 'input' })
  const { $schema: dialect, properties, ...rest } = schema
  const self = { type: 'string', description: 'Path of this schema, for editors.' }
  return { $schema: dialect, title: 'Scorefield run', properties: { $schema: self, ...properties }, ...rest }
}
