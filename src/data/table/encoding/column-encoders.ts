import { ScorefieldError } from '../../../base/index.ts'
import type { ColumnKind } from '../table.ts'
import { analogBits, normalCell, simplex } from './category-encoders.ts'
import type { AnyColumnEncoder, ColumnEncoder } from './column-encoder.ts'
import { constant } from './constant.ts'
import { quantileNormal } from './quantile-normal.ts'
import { standard } from './standard.ts'
import { valueCells } from './value-cells.ts'

const encodersByKind: { readonly [K in ColumnKind]: readonly ColumnEncoder<K>[] } = {
  number: [standard, quantileNormal, valueCells, constant],
  text: [simplex, normalCell, analogBits],
}

/** Every way to encode a column. */
export const columnEncoders: readonly AnyColumnEncoder[] = [...encodersByKind.number, ...encodersByKind.text]

/** The encoder of that name for columns of that kind; throws `data/column-encoder`. */
export function columnEncoder<K extends ColumnKind>(kind: K, name: string): ColumnEncoder<K> {
  const encoders = encodersByKind[kind]
  const found = encoders.find((encoder) => encoder.name === name)
  if (found !== undefined) return found
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/column-encoder',
    message: `There is no column encoder '${name}' for ${kind} columns.`,
    hint: `There are: ${encoders.map((encoder) => encoder.name).join(', ') || 'none'}.`,
  })
}
