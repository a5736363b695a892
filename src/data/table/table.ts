import { ScorefieldError } from '../../base/index.ts'
import { type PictureColumn, takePictures } from '../picture/picture-column.ts'
import type { Dress } from './dress.ts'

/**
 * How the numbers of a column stand for days and times, without time zones:
 * `date` counts days since 1970-01-01, `timestamp` seconds since then, `time` seconds since midnight.
 */
export interface Calendar {
  readonly unit: 'date' | 'timestamp' | 'time'
  /** How a cell is written, in the letters of strftime: `%Y-%m-%d`, `%d/%m/%Y %H:%M`. */
  readonly format: string
  /** The language of its months and weekdays, by its code of ISO 639; English unless told. */
  readonly language?: string
}

/**
 * How the cells of a column are written, where that says more than their values: kept from the source to what comes out of
 * a model trained on it.
 */
export interface Written {
  /** What stands in separated text where there is no value, such as `NA`; nothing unless told. */
  readonly gap?: string
  /** Digits after the point that separated text writes every number with: 2 for `2.50`. */
  readonly places?: number
  /** What its numbers wear: `$1,234.50`, `(12.5)`, `3,94 €`. */
  readonly dress?: Dress
}

/**
 * A column of numbers, held as float64 whatever the source's type was. Dates and times are numbers with a calendar.
 *
 * - `values`: [rowCount]; NaN is a gap, infinities do not occur.
 * - `type`: the source's name of its type, for example `DOUBLE`, `BIGINT` or `DECIMAL(9,2)`.
 * - `decimals`: the most digits after the point that any value needs when written in the shortest way; 0 for integers.
 */
export interface NumberColumn {
  readonly kind: 'number'
  readonly name: string
  readonly type: string
  readonly values: Float64Array
  readonly decimals: number
  /** Present where the numbers are days or times. */
  readonly calendar?: Calendar
  readonly written?: Written
}

/**
 * A column of text; null is a gap.
 *
 * `type`: the source's name of its type. Values of other types than `VARCHAR` are held in their text form, exactly: truth
 * values, numbers that float64 cannot hold, `UUID`; lists and structures as JSON.
 */
export interface TextColumn {
  readonly kind: 'text'
  readonly name: string
  readonly type: string
  readonly values: readonly (string | null)[]
  readonly written?: Written
}

/** A column: its name, its kind, and a value or a gap for each row. */
export type Column = NumberColumn | TextColumn

/** What the cells of a column are held as: numbers or text. */
export type ColumnKind = Column['kind']

/** The column type of one kind: `ColumnOf<'number'>` is `NumberColumn`. */
export type ColumnOf<K extends ColumnKind> = Extract<Column, { kind: K }>

/**
 * A table in memory, column by column, in the order of its source.
 *
 * Pictures are cells, too, of columns of their own: what is asked of numbers and words (an order, a rule, an association) is no
 * question to a picture, and so the types keep them apart.
 */
export interface Table {
  readonly rowCount: number
  readonly columns: readonly Column[]
  /** Columns of pictures; absent where there are none. */
  readonly pictures?: readonly PictureColumn[]
  /** Where the rows come from, in words for a person: a path, a pattern, a query. */
  readonly source: string
}

/** The columns of one kind, in order. */
export function columnsOfKind<K extends ColumnKind>(table: Table, kind: K): ColumnOf<K>[] {
  return table.columns.filter((column): column is ColumnOf<K> => column.kind === kind)
}

/** Whether row `row` of `column` is a gap. */
export function isGap(column: Column, row: number): boolean {
  return column.kind === 'number' ? Number.isNaN(column.values[row]) : column.values[row] === null
}

/** The indices of the rows that have no gap in any of `columns`, ascending. */
export function completeRows(rowCount: number, columns: readonly Column[]): Int32Array {
  const rows = new Int32Array(rowCount)
  let count = 0
  for (let row = 0; row < rowCount; row++) {
    if (!columns.some((column) => isGap(column, row))) rows[count++] = row
  }
  return rows.slice(0, count)
}

/** The table that has the rows `rowIndices` of `table`, in that order; a row may be named more than once. */
export function takeRows(table: Table, rowIndices: Int32Array): Table {
  for (const row of rowIndices) {
    if (row < 0 || row >= table.rowCount) {
      throw new ScorefieldError({
        kind: 'internal',
        code: 'internal/row-out-of-range',
        message: `Row ${row} was asked of a table of ${table.rowCount} rows.`,
        where: table.source,
      })
    }
  }
  const columns = table.columns.map((column): Column => {
    if (column.kind === 'text') {
      return { ...column, values: Array.from(rowIndices, (row) => column.values[row]!) }
    }
    // A plain loop: batches are taken this way at every step, and `Float64Array.from` is ten times as slow.
    const values = new Float64Array(rowIndices.length)
    for (let i = 0; i < rowIndices.length; i++) values[i] = column.values[rowIndices[i]!]!
    return { ...column, values }
  })
  const pictures = table.pictures?.map((column) => takePictures(column, rowIndices))
  return { rowCount: rowIndices.length, columns, source: table.source, ...(pictures ? { pictures } : {}) }
}

/** The words of a column of categories, null for a gap: a number's is its shortest form. Of one row, where one is given. */
export function columnWords(column: Column, row?: number): readonly (string | null)[] {
  if (column.kind === 'text') return row === undefined ? column.values : [column.values[row] ?? null]
  const values = row === undefined ? column.values : column.values.subarray(row, row + 1)
  return Array.from(values, (value) => (Number.isNaN(value) ? null : String(value)))
}

/** A text for each row that is equal for equal rows only. */
export function rowKeys({ columns, rowCount }: Table): string[] {
  const words = columns.map((column) => columnWords(column))
  return Array.from({ length: rowCount }, (_, row) => JSON.stringify(words.map((cells) => cells[row])))
}
