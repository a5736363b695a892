import { ScorefieldError } from '../../../base/index.ts'
import type { Table } from '../table.ts'
import type { ColumnEncoding } from './column-encoding.ts'

/**
 * Throws unless a model can be trained on the rows `rowIndices` of `table`, encoded so.
 *
 * `data/too-few-rows`: fewer than two rows. `data/all-gaps`: no cell has a value. `data/all-constant`: every column has one
 * value throughout. `data/nothing-to-model`: the others are identifiers or free text.
 */
export function requireTrainable(
  table: Table,
  rowIndices: Int32Array,
  columns: readonly ColumnEncoding[],
): void {
  const where = table.source
  if (rowIndices.length < 2)
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/too-few-rows',
      message: `${where} has ${rowIndices.length} ${rowIndices.length === 1 ? 'row' : 'rows'}; a model needs at least 2.`,
      where,
      hint: 'Learning becomes worthwhile from a few hundred rows.',
    })
  if (columns.some(({ width }) => width > 0)) return
  const only = (role: string): boolean =>
    columns.every(({ encoder }) => encoder === role || encoder === 'empty')
  if (columns.length > 0 && only('empty'))
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/all-gaps',
      message: `No cell of the ${rowIndices.length} rows of ${where} has a value.`,
      where,
      hint: 'Check that the right file is read, and which cells count as gaps.',
    })
  if (columns.length > 0 && only('constant'))
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/all-constant',
      message: `Every column of ${where} has one value throughout.`,
      where,
      hint: 'There is nothing to learn; check that the right file and columns are read.',
    })
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/nothing-to-model',
    message: `${where} has no column to learn: ${columns.map(({ name, encoder }) => `${name} (${encoder})`).join(', ') || 'all are skipped'}.`,
    where,
    hint: `Numbers, dates and categories are learned. If there are some, check the separators: '1,5' is text unless data.csv.decimalSeparator is a comma.`,
  })
}
