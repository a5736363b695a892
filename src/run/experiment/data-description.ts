import type { Contents, Rule, SplitShares } from '../../data/index.ts'
import type { Toy } from '../../density/index.ts'

/** How a run's table was split: enough to split it again, in whatever order its rows come. */
export interface SplitDescription extends SplitShares {
  readonly seed: number
  /** The columns that tell rows apart: those that are learned. */
  readonly columns: readonly string[]
}

/** What a run knows of its data: the content of data.json. */
export type DataDescription =
  | {
      /** Version 1 split by row numbers. */
      readonly version: 2
      readonly kind: 'table'
      readonly source: string
      readonly columns: readonly { readonly name: string; readonly kind: string; readonly type: string }[]
      readonly rowCount: number
      readonly trainingRows: number
      /** Rows that the weights were chosen by, and rows to report by. */
      readonly validationRows: number
      readonly testRows: number
      readonly split: SplitDescription
      /** What the rows are, to be told whether they are the same when they are read again. */
      readonly contents: Contents
      /** Rules that samples are made to keep, of older runs; those of newer ones are part of the encoding. */
      readonly rules?: readonly Rule[]
      /** As `TableEncoding.toJSON` writes it. */
      readonly encoding: unknown
      readonly notes: readonly string[]
    }
  | {
      readonly version: 1
      readonly kind: 'toy'
      readonly toy: string
      readonly dimension: number
      readonly notes: readonly string[]
    }

export function toyDescription(toy: Toy): DataDescription {
  return { version: 1, kind: 'toy', toy: toy.name, dimension: toy.dimension, notes: [toy.summary] }
}

/** Names of the columns that the model's rows stand for: the table's, or x1, x2, … */
export function columnNames(description: DataDescription): string[] {
  return description.kind === 'table'
    ? description.columns.map(({ name }) => name)
    : Array.from({ length: description.dimension }, (_, i) => `x${i + 1}`)
}
