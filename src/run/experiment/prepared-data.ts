import type { ColumnWish, RowSource, SplitShares } from '../../data/index.ts'
import type { RowPart } from '../../family/index.ts'
import type { Moments } from '../../objective/index.ts'
import type { DataFacts } from '../config/defaults.ts'
import type { DataDescription } from './data-description.ts'
import type { RulesWish } from './rules-of-data.ts'

/** Data made ready for training. */
export interface PreparedData {
  readonly description: DataDescription
  readonly source: RowSource
  /** What the numbers of a row are to a model. */
  readonly parts: readonly RowPart[]
  /** Encoded rows that the weights are chosen by, and that are never trained on; a toy needs none. */
  readonly heldOut?: { readonly rows: Float32Array; readonly conditions: Float32Array }
  readonly facts: DataFacts
  /** Mean and covariance of the encoded training rows; measured when asked. */
  readonly moments: () => Moments
  /** What was decided that a person may want to know. */
  readonly notes: readonly string[]
  /** Frees what lies on disk for it, after training. */
  readonly dispose?: () => Promise<void>
}

/** What a person says of columns, of rules between them and of the split. */
export interface Wishes {
  readonly columns?: Readonly<Record<string, ColumnWish>>
  readonly rules?: RulesWish
  /** Words that fewer rows have do not come out. */
  readonly leastRowsPerWord?: number
  readonly split?: Partial<SplitShares> & { readonly seed?: number }
}
