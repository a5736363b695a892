import type { Column } from '../table.ts'
import type { Json } from './column-encoder.ts'

/** Fresh noise for dequantised columns; row i of a request draws from (seed, column, first + i) only. */
export interface DequantisingNoise {
  readonly seed: number
  readonly first: number
}

/**
 * How one column of a table becomes `width` numbers a row, and back.
 *
 * Encoded values are row-major, [n, width], float64. Everything that depends on the column's kind is in here: a table
 * encoding only lays columns side by side.
 */
export interface ColumnEncoding {
  readonly name: string
  readonly kind: Column['kind']
  readonly width: number
  /** Name of the column encoder. */
  readonly encoder: string
  /** Why this encoder, in one sentence. */
  readonly reason: string
  /** `column`: without gaps. */
  encode(column: Column, noise: DequantisingNoise | undefined): Float64Array
  decode(encoded: Float64Array, count: number): Column
  /** log |d encoded / d value| of each row, [n]. */
  logDerivative(encoded: Float64Array, count: number): Float64Array
  toJSON(): { readonly [key: string]: Json }
}
