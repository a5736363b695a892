import type { z } from 'zod'
import { ScorefieldError } from '../../../base/index.ts'
import type { RowPart } from '../../../family/index.ts'
import type { ColumnKind, ColumnOf } from '../table.ts'
import type { Codes } from './codes.ts'
import type { NoiseSource } from './noise.ts'

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** The values of a column of kind `K`. */
export type ValuesOf<K extends ColumnKind> = ColumnOf<K>['values']

/** Values as `write` takes them: numbers as they are, words by their places among those known. */
export interface LookedUp {
  readonly number: Float64Array
  readonly text: Int32Array
}

/** What an encoder is told about the values it is fitted on. */
export interface FitOptions {
  /** All words that may be met, where they are more than those fitted on. */
  readonly words?: readonly (string | null)[]
  /** The spacing of the grid that the values lie on; undefined for values that lie on none. */
  readonly resolution: number | undefined
  /** Whether each value v stands for the uniform distribution on v ± resolution / 2. */
  readonly dequantised: boolean
}

/**
 * A column encoder fitted to one column: an invertible map from its values to `width` numbers each.
 *
 * Arrays of encoded values are row-major, [n, width], in float64.
 */
export interface FittedEncoder<K extends ColumnKind> {
  readonly width: number
  /** What the `width` numbers are to a model. */
  readonly parts: readonly RowPart[]
  readonly parameters: Json
  /** What needs to be done once only where the same values are encoded again and again. Throws `data/unknown-category`. */
  lookUp(values: ValuesOf<K>): LookedUp[K]
  /** Writes their codes. With `noise` each discrete value is spread over the points that stand for it; else it is the middle one of them. */
  write(values: LookedUp[K], codes: Codes, noise?: NoiseSource): void
  /** The same, of values not looked up yet, [n, width]. */
  encode(values: ValuesOf<K>, noise?: NoiseSource): Float64Array
  decode(encoded: Float64Array, count: number): ValuesOf<K>
  /**
   * log |d encoded / d value| of each row, [n], at the encoded value; for discrete values −log q(encoded | value), q being
   * the density that they are spread with; 0 for a constant.
   */
  logDerivative(encoded: Float64Array, count: number): Float64Array
}

/** A way to turn a column of kind `K` into numbers that a network likes, and back. */
export interface ColumnEncoder<K extends ColumnKind> {
  readonly name: string
  readonly kind: K
  readonly summary: string
  readonly source: string
  /** Fits to values without gaps. */
  fit(values: ValuesOf<K>, options: FitOptions): FittedEncoder<K>
  /** The fitted encoder that has these parameters, as they were written to JSON. */
  restore(parameters: unknown): FittedEncoder<K>
}

/** An encoder of any kind: a union over the kinds, so that `kind` tells them apart. */
export type AnyColumnEncoder = { [K in ColumnKind]: ColumnEncoder<K> }[ColumnKind]

/** An encoder as its file writes it: plain functions of its parameters `P`. */
export interface ColumnEncoderRecord<K extends ColumnKind, P extends Json> {
  readonly name: string
  readonly kind: K
  readonly summary: string
  readonly source: string
  readonly schema: z.ZodType<P>
  fit(values: ValuesOf<K>, options: FitOptions): P
  width(parameters: P): number
  /** What the numbers are to a model; plain numbers unless said. */
  parts?(parameters: P): readonly RowPart[]
  lookUp(values: ValuesOf<K>, parameters: P): LookedUp[K]
  write(values: LookedUp[K], codes: Codes, parameters: P, noise?: NoiseSource): void
  decode(encoded: Float64Array, parameters: P, count: number): ValuesOf<K>
  logDerivative(encoded: Float64Array, parameters: P, count: number): Float64Array
}

/** The parts of `width` plain numbers. */
function numbersOf(width: number): readonly RowPart[] {
  return width === 0 ? [] : [{ kind: 'numbers', width }]
}

/** Makes a `ColumnEncoder` of a record; what it fits remembers its parameters, so their type stays in its file. */
export function defineColumnEncoder<K extends ColumnKind, P extends Json>(
  record: ColumnEncoderRecord<K, P>,
): ColumnEncoder<K> {
  const bind = (parameters: P): FittedEncoder<K> => {
    const width = record.width(parameters)
    const lookUp = (values: ValuesOf<K>): LookedUp[K] => record.lookUp(values, parameters)
    return {
      width,
      parts: record.parts?.(parameters) ?? numbersOf(width),
      parameters,
      lookUp,
      write: (values, codes, noise) => record.write(values, codes, parameters, noise),
      encode: (values, noise) => {
        const encoded = new Float64Array(values.length * width)
        record.write(lookUp(values), { values: encoded, offset: 0, stride: width }, parameters, noise)
        return encoded
      },
      decode: (encoded, count) => record.decode(encoded, parameters, count),
      logDerivative: (encoded, count) => record.logDerivative(encoded, parameters, count),
    }
  }
  return {
    name: record.name,
    kind: record.kind,
    summary: record.summary,
    source: record.source,
    fit: (values, options) => bind(record.fit(values, options)),
    restore: (parameters) => {
      const parsed = record.schema.safeParse(parameters)
      if (parsed.success) return bind(parsed.data)
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/encoding-parameters',
        message: `The parameters of the column encoder '${record.name}' are broken: ${parsed.error.issues[0]?.message}.`,
        where: parsed.error.issues[0]?.path.join('.') ?? record.name,
        hint: 'The file was edited or cut short; train again, or restore it from a copy.',
      })
    },
  }
}
