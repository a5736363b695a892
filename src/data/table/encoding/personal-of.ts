import { ScorefieldError } from '../../../base/index.ts'
import {
  type People,
  type PersonalFinding,
  peopleUnlike,
  personalColumns,
  personalKind,
  personalKinds,
} from '../personal/index.ts'
import type { Table } from '../table.ts'
import type { ColumnWish } from './fit-column.ts'
import { textsOf } from './personal-column.ts'

/** Where fewer cells are different, rows are about the same people again and again. */
const leastDistinct = 0.5

/**
 * The columns of personal data, found or told, with the people that are invented for all of them.
 *
 * Throws `usage/personal` where a wish names no kind.
 */
export function personalOf(
  table: Table,
  wishes: Readonly<Record<string, ColumnWish>> = {},
): Map<string, PersonalFinding & { readonly people: People }> {
  const found = personalColumns(table)
  for (const [name, { personal, as }] of Object.entries(wishes)) {
    if (personal === 'keep' || as === 'skip') found.delete(name)
    else if (personal !== undefined) found.set(name, { kind: kindNamed(personal, name), reason: 'as asked' })
  }
  if (found.size === 0) return new Map()
  const cells = table.columns.filter(({ name }) => found.has(name)).map(textsOf)
  const most = Math.max(...cells.map((texts) => new Set(texts).size))
  const people = peopleUnlike(
    cells.flat(),
    most < leastDistinct * table.rowCount ? Math.max(1, most) : undefined,
  )
  return new Map([...found].map(([name, finding]) => [name, { ...finding, people }]))
}

function kindNamed(name: string, column: string): PersonalFinding['kind'] {
  const kind = personalKind(name)
  if (kind) return kind
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/personal',
    message: `There are no personal data of the kind '${name}'.`,
    where: `column '${column}'`,
    hint: `There are: keep, ${personalKinds.map((one) => one.name).join(', ')}.`,
  })
}
