import { type Contents, type SplitShares, TableEncoding } from '../../data/index.ts'
import type { ReportColumn } from '../../report/index.ts'
import type { DataAsked, DataDescription, RowCounts } from './kind.ts'

/** How a run's table was split: enough to split it again, in whatever order its rows come. */
export interface SplitDescription extends SplitShares {
  readonly seed: number
  /** The columns that tell rows apart: those that are learned. */
  readonly columns: readonly string[]
}

/** What a run knows of its table. Version 1 split by row numbers. */
export interface TableDescription extends DataDescription {
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
  /**
   * How the file of the run was read that this one started from: its rows were read in the formats of `encoding`, which is that
   * run's. Absent where the encoding was fitted to the rows.
   */
  readonly readAs?: Pick<DataAsked, 'csv' | 'sheet'> | undefined
  /** As `TableEncoding.toJSON` writes it. */
  readonly encoding: unknown
}

export function countsOf(description: TableDescription): RowCounts {
  const { rowCount, trainingRows, validationRows, testRows, split } = description
  return {
    all: rowCount,
    training: trainingRows,
    validation: validationRows,
    test: testRows,
    weightsBy: split.weightsBy,
  }
}

/** How each column of the table came to the model. */
export function reportColumnsOf(description: TableDescription): ReportColumn[] {
  const encoded = new Map(
    TableEncoding.fromJSON(description.encoding).columns.map((column) => [column.name, column]),
  )
  return description.columns.map(({ name, type, kind }) => {
    const found = encoded.get(name)
    if (found === undefined) return { name, type, role: 'left out', encoding: 'not modelled' }
    // A column that is not modelled is put back by an encoder named for what it is.
    const role = found.width > 0 ? roleOfKind[kind as keyof typeof roleOfKind] : found.encoder
    return { name, type, role, encoding: `${found.encoder}: ${found.reason}` }
  })
}

const roleOfKind = { number: 'number', text: 'category' } as const
