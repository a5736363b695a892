import { ScorefieldError } from '../../../engine/error.ts'
import { type Role, roleOf } from '../roles.ts'
import type { Column } from '../table.ts'
import { fitCategoryColumn } from './category-column.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import { fitNumberColumn } from './number-column.ts'
import { fitUnmodelledColumn } from './unmodelled-column.ts'

/** What a person says of a column: what it is to the model, or that it is left out altogether, and how it is encoded. */
export interface ColumnWish {
  readonly as?: Role | 'skip'
  /** Name of a column encoder. */
  readonly encoder?: string
}

/** An encoding of one column by its role, with what a person may want to know of it. */
export function fitColumn(
  column: Column,
  all: Column,
  wish: ColumnWish,
): { readonly encoding: ColumnEncoding; readonly note?: string } {
  const decided = roleOf(all)
  const role = wish.as === undefined || wish.as === 'skip' ? decided.role : wish.as
  const reason =
    role === decided.role ? decided.reason : `as asked; otherwise ${decided.role}: ${decided.reason}`
  const encoder = wish.encoder === undefined ? {} : { encoder: wish.encoder }
  if (role === 'category') return { encoding: fitCategoryColumn(column, { all, reason, ...encoder }) }
  if (role === 'number') {
    if (column.kind === 'number' && all.kind === 'number')
      return { encoding: fitNumberColumn(column, { all, ...encoder }) }
    throw new ScorefieldError({
      kind: 'usage',
      code: 'data/column-kind',
      message: `Column '${column.name}' holds ${column.type}, which cannot be learned as numbers.`,
      where: `column '${column.name}'`,
      hint: `Say "as": "category" for it, or clean its cells.`,
    })
  }
  const note = `'${column.name}' is not modelled (${role}: ${reason})${fate[role]}.`
  return { encoding: fitUnmodelledColumn(all, { role, reason }), note }
}

/** What becomes of a column that is not modelled. */
const fate = {
  constant: '; it is put back on the way out',
  identifier: '; new rows count on',
  text: '; it stays empty in new rows',
  empty: '; it stays empty',
} as const
