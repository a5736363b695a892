import type { RowPart } from '../../../family/index.ts'
import type { Column } from '../table.ts'
import type { Codes } from './codes.ts'
import type { Json } from './column-encoder.ts'
import type { NoiseSource } from './noise.ts'
import type { Outcomes } from './outcomes.ts'

/** Which rows of a sample are decoded: row i of this call is row first + i of the sample of this seed. */
export interface RowOrigin {
  readonly first: number
  readonly seed: number
}

/** Values of a column, looked up once, whose rows are encoded as often as asked, with other noise each time. */
export interface PreparedColumn {
  /** Writes the codes of these of the values, by their places. With `noise` discrete values are spread. */
  write(rows: Int32Array, codes: Codes, noise?: NoiseSource): void
}

/** Of a column that is not modelled. */
export const nothingPrepared: PreparedColumn = { write: () => {} }

/**
 * How one column of a table becomes `width` numbers a row, and back.
 *
 * Encoded values are row-major, [n, width], float64. Everything that depends on the column's kind is in here: a table
 * encoding only lays columns side by side.
 */
export interface ColumnEncoding {
  readonly name: string
  readonly kind: Column['kind']
  /** 0 for a column that is not modelled: it is put back on the way out. */
  readonly width: number
  /** Whether the column is computed from others on the way out, so that its values are the model's all the same. */
  readonly computed?: boolean
  /** What these numbers are to a model; together `width` wide. */
  readonly parts: readonly RowPart[]
  /** Name of the column encoder. */
  readonly encoder: string
  /** Why this encoder, in one sentence. */
  readonly reason: string
  /** Whether a gap has a code of its own. */
  readonly gaps: boolean
  /** The words that it knows one by one, of a column of categories. */
  readonly words?: ReadonlySet<string>
  /** Whether every value has a probability: words, numbers of which only some occur, and numbers spread over their cells. */
  readonly discrete: boolean
  /** Values that have a probability though others of the column have a density; ascending. */
  readonly masses?: readonly number[]
  /** log of the width of each row's cell, [n], nats, of values that are dequantised; 0 for others. */
  logCells(encoded: Float64Array, count: number): Float64Array
  /** Whether the encoding can represent this row's value: a number, a known word, a gap only where `gaps`. */
  canEncode(column: Column, row: number): boolean
  /** Throws `data/unknown-category`. */
  prepare(column: Column): PreparedColumn
  /** rows: which rows these are, by which identifiers are counted and what is invented is drawn. */
  decode(encoded: Float64Array, count: number, rows: RowOrigin): Column
  /** What can come out of it by itself; absent, as the answer may be, where that is not known. */
  readonly outcomes?: () => Outcomes | undefined
  /** The column with one word for all that training did not learn one by one; absent where there are none. */
  readonly pool?: (column: Column) => Column
  /** log |d encoded / d value| of each row, [n]; of discrete values −log q(encoded | value). */
  logDerivative(encoded: Float64Array, count: number): Float64Array
  toJSON(): { readonly [key: string]: Json }
}
