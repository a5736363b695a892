import { z } from 'zod'
import {
  allMasses,
  type ColumnWish,
  columnEncoders,
  type GapsWish,
  personalKinds,
  roles,
  type SplitShares,
  weightsByChoices,
} from '../../data/index.ts'
import type { CsvOptions } from '../../data/node.ts'
import { families, type ModelSize } from '../../family/index.ts'
import { networks } from '../../nn/index.ts'
import { objectives, weightings } from '../../objective/index.ts'
import { optimisers, schedules, type TrainingConfig } from '../../training/index.ts'
import type { RulesWish } from '../data/rules-of-data.ts'
import { modelSize, objectiveOptions, optimiserOptions, sizesThatMayBeNone } from './dependent-names.ts'
import { numbersByName } from './numbers-by-name.ts'
import { type PicturesConfig, pictures } from './pictures-schema.ts'
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

/** Where a run's data come from: exactly one of `source` and `sql` is given. */
export interface DataConfig {
  /** Name in `dataKinds`. */
  readonly kind: string
  readonly source?: string
  readonly sql?: string
  /** How to read separated text; what is left out is found by looking at the file. */
  readonly csv?: CsvOptions
  /** The sheet of an Excel file; the first that has cells unless told. */
  readonly sheet?: string
  /** How pictures are read; absent of other kinds. */
  readonly pictures?: PicturesConfig
  /** What is wished of columns, by name, where the rules of `inspect` shall not decide. */
  readonly columns?: Readonly<Record<string, ColumnWish>>
  /** Which rules that hold in every row of the data are kept in samples: none, those that determine a column, or all. */
  readonly rules: RulesWish
  /** Words that fewer rows have do not come out: they are pooled. */
  readonly leastRowsPerWord?: number
  /** What a gap is: a value of its own, which comes out, or a cell that nobody knows. */
  readonly gaps?: GapsWish
  /** Which rows are kept out of learning; absent for a toy. */
  readonly split?: Partial<SplitShares> & { readonly seed?: number }
}

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

const data = z
  .strictObject({
    kind: text({ description: 'Kind of data (see: list kinds).', chosen: 'seen from the source' }),
    source: z.exactOptional(
      text({ description: 'File, pattern of files, folder of pictures, or toy:NAME.' }),
    ),
    sql: z.exactOptional(text({ description: 'A query whose answer is the table, in place of a source.' })),
    csv: z.exactOptional(
      z
        .strictObject({
          header: z.exactOptional(flag({ description: 'Whether the first line names the columns.' })),
          delimiter: z.exactOptional(text({ description: 'What stands between two cells.' })),
          decimalSeparator: z.exactOptional(
            oneOf(['.', ','], { description: 'What stands before the fraction of a number.' }),
          ),
          gaps: z.exactOptional(texts({ description: 'Cells that mean "no value", besides the empty one.' })),
          encoding: z.exactOptional(
            oneOf(['utf-8', 'utf-16', 'latin-1'], { description: 'How the text is encoded.' }),
          ),
        })
        .meta({ description: 'Format of separated text; by default, found by looking at the file.' }),
    ),
    sheet: z.exactOptional(
      text({ description: 'The sheet of an Excel file; by default, the first that has cells.' }),
    ),
    pictures: z.exactOptional(pictures),
    columns: z.exactOptional(
      z
        .record(
          z.string(),
          z.strictObject({
            as: z.exactOptional(z.enum([...roles, 'skip'])),
            encoder: z.exactOptional(z.enum([...columnEncoders.map(({ name }) => name), allMasses])),
            personal: z.exactOptional(z.enum(['keep', ...personalKinds.map(({ name }) => name)])),
            // What `inspect` saw; only people read it.
            because: z.exactOptional(z.string()),
          }),
        )
        .meta({
          description:
            'Role and encoding of columns, by name; by default, found from their values. Personal data come out only where "personal" is "keep".',
        }),
    ),
    rules: oneOf(['ignore', 'compute', 'keep'], {
      description:
        'Rules of the data that samples keep. compute: rules that determine a column (a + b = c), which is then computed; keep: orders (a ≤ b), too.',
      default: 'compute',
    }),
    leastRowsPerWord: z.exactOptional(
      whole({
        description:
          'A word that fewer rows have is not kept and does not come out: another word or an invented code stands in its place.',
        unit: 'rows',
        from: 1,
        chosen: '2',
      }),
    ),
    gaps: z.exactOptional(
      oneOf(['values', 'unknown'], {
        description:
          'What a gap is. values: a value of its own, which samples have, too; unknown: a cell that nobody knows, and samples have none; right where whether a cell is there does not depend on what it holds.',
        chosen: 'values',
      }),
    ),
    split: z.exactOptional(
      z
        .strictObject({
          validation: z.exactOptional(
            real({
              description: 'Share of the validation rows, which choose the weights.',
              from: 0,
              below: 1,
              chosen: 'a twentieth, at least 45 rows and at most 1,000; none of tables below 450 rows',
            }),
          ),
          test: z.exactOptional(
            real({
              description: 'Share of the test rows, which evaluate reports on.',
              from: 0,
              below: 1,
              chosen: 'a tenth, at least 45 rows (but at most three in ten), at most 2,000',
            }),
          ),
          seed: z.exactOptional(
            whole({
              description: 'Seed of the split, so that trainings of other seeds learn the same rows.',
              from: 0,
              chosen: 'the seed of the run',
            }),
          ),
          weightsBy: z.exactOptional(
            oneOf(weightsByChoices, {
              description:
                'Which rows choose the weights and stop training early; with none the last weights are taken.',
              chosen: 'validation; test below 450 rows, where figures are then a little too good',
            }),
          ),
        })
        .meta({
          description: 'Which rows are held out, by a hash of seed and content: equal rows lie in one part.',
        }),
    ),
  })
  .meta({ description: 'Where the data come from.' })

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
          'Columns that may be given when rows are drawn, by name, or ["all"] for all of them; half of the examples still learn all columns together.',
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
