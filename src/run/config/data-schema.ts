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
import type { RulesWish } from '../data/rules-of-data.ts'
import { type PicturesConfig, pictures } from './pictures-schema.ts'
import { flag, oneOf, real, text, texts, whole } from './setting.ts'

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

/** Where a run's data come from: the section `data` of a configuration. */
export const data: z.ZodType<DataConfig> = z
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
