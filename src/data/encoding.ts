import type { Shape } from '../engine/index.ts'
import type { RowPart } from '../family/index.ts'
import type { Outcomes } from './table/encoding/outcomes.ts'
import type { BrokenRule } from './table/rules/index.ts'
import type { Table } from './table/table.ts'

/** Which rows are encoded, and whether rounded values are spread over their cells. */
export interface EncodeOptions {
  /** Which rows, in this order; all of them if left out. */
  readonly rowIndices?: Int32Array | undefined
  /** Seed of the noise that dequantises; values are taken as they are if left out. */
  readonly dequantiseSeed?: number | undefined
  /** Index of the first row's noise: row i of this call draws from (seed, column, first + i) only; 0 if left out. */
  readonly first?: number | undefined
  /**
   * Where given, rows may be known in part: columns may be missing, and NaN stands for cells that are not known: gaps, but where
   * `gapsAreValues` those of columns that have gaps as a value.
   */
  readonly partly?: { readonly gapsAreValues: boolean } | undefined
}

/** Which rows are decoded: row i of this call is row first + i of the sample of this seed. */
export interface DecodeOptions {
  /** What the table is called; 'decoded' if left out. */
  readonly source?: string | undefined
  readonly first?: number | undefined
  readonly seed?: number | undefined
}

/** What is to be known of one encoded column. */
export interface EncodedColumn {
  readonly name: string
  /** 0 for a column that is not modelled. */
  readonly width: number
  /** Whether it is computed from others on the way out. */
  readonly computed?: boolean
  /** Name of the column encoder. */
  readonly encoder: string
  /** Why this encoder, in one sentence. */
  readonly reason: string
  /** Whether every value has a probability. */
  readonly discrete: boolean
  /** Values that have a probability though others of the column have a density; ascending. */
  readonly masses?: readonly number[]
}

/**
 * An invertible, differentiable map between what the data hold and points of `width` coordinates, with the change of measure
 *
 *   log p_data(v) = log p_point(x) + logDeterminant(x),   logDeterminant(x) = log |d x / d v|,   nats, in the units of the data.
 *
 * Everything above this room speaks to data through it, whatever their kind.
 */
export interface Encoding {
  readonly columns: readonly EncodedColumn[]
  /** Shape of a point to a model: [width] of a row, [c, h, w] of a picture. */
  readonly event: Shape
  /** Coordinates of a point. */
  readonly width: number
  /** What the coordinates are to a model; together `width` wide. */
  readonly parts: readonly RowPart[]
  /** Whether the coordinates are the data's own numbers. */
  readonly isIdentity: boolean
  /** Whether every modelled column is discrete, so that a row has a probability. */
  readonly isDiscrete: boolean
  /** Over how many bytes the information of a row is spread, of data whose log-probability is told in bits a dimension: pictures. */
  readonly bitsOver?: number
  /** Of such data: how many levels a byte has. Level v takes the cell [2v/L − 1, 2(v + 1)/L − 1) of a coordinate. */
  readonly levels?: number
  /** The points of rows of `table`, [n, width]. */
  encode(table: Table, options?: EncodeOptions): Float32Array
  /** The rows that `count` points stand for: x [n, width]. */
  decode(x: Float32Array, count: number, options?: DecodeOptions): Table
  /** Those of `rowIndices` (all, if left out) that `encode` accepts. */
  encodableRows(table: Table, rowIndices?: Int32Array): Int32Array
  /** log |d x / d v| at each of `count` points, [n], nats. */
  logDeterminant(x: Float32Array, count: number): Float64Array
  /** log of the volume of each row's cell, [n], nats: log-density + this is a log-probability, where `isDiscrete`. */
  logCells(x: Float32Array, count: number): Float64Array
  /** Where the coordinates of a column lie in a point; undefined for a column that is not modelled. */
  columnRange(name: string): { readonly offset: number; readonly width: number } | undefined
  /** What can come out of the column `name`; undefined where that is not known. */
  outcomes(name: string): Outcomes | undefined
  /** `table` with one word for all words of a column that are not known one by one, as the model sees them. */
  pooled(table: Table): Table
  /** The rules that rows of `table` break, which no row does that the model can make. */
  brokenRules(table: Table): BrokenRule[]
}
