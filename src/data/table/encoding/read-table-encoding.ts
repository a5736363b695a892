import { z } from 'zod'
import { ScorefieldError } from '../../../base/index.ts'
import type { Role } from '../roles.ts'
import { type Rule, rulesSchema } from '../rules/index.ts'
import { restoreCategoryColumn } from './category-column.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import { restoreComputedColumn } from './computed-column.ts'
import { encodingVersion, refuseOlder } from './encoding-version.ts'
import { restoreNumberColumn } from './number-column.ts'
import { restorePersonalColumn } from './personal-column.ts'
import { restoreUnmodelledColumn } from './unmodelled-column.ts'
import { type DayColumns, dayColumnsSchema } from './valid-days.ts'

/** What a gap is: a value of its own, or a cell that nobody knows. */
export type GapsWish = 'values' | 'unknown'

/** What a table's encoding is made of. */
export interface TableEncodingParts {
  readonly columns: readonly ColumnEncoding[]
  readonly rules: readonly Rule[]
  readonly days: readonly DayColumns[]
  readonly gaps: GapsWish
}

/** How to read each role's columns back from JSON. */
const restore: Readonly<Record<Role | 'computed' | 'personal', (json: unknown) => ColumnEncoding>> = {
  number: restoreNumberColumn,
  category: restoreCategoryColumn,
  identifier: restoreUnmodelledColumn,
  text: restoreUnmodelledColumn,
  constant: restoreUnmodelledColumn,
  empty: restoreUnmodelledColumn,
  computed: restoreComputedColumn,
  personal: restorePersonalColumn,
}

const schema = z.strictObject({
  version: z.literal(encodingVersion),
  columns: z.array(z.looseObject({ role: z.enum(Object.keys(restore) as (keyof typeof restore)[]) })).min(1),
  rules: rulesSchema.optional(),
  days: dayColumnsSchema.optional(),
  gaps: z.literal('unknown').optional(),
})

/** What `TableEncoding.toJSON` wrote. Throws `data/encoding-parameters` if it is broken, `data/older-encoding` if an older release wrote it. */
export function readTableEncoding(json: unknown): TableEncodingParts {
  refuseOlder(json)
  try {
    const { columns, rules = [], days = [], gaps = 'values' } = schema.parse(json)
    return { columns: columns.map((column) => restore[column.role](column)), rules, days, gaps }
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    const issue = error.issues[0]
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/encoding-parameters',
      message: `A table encoding is broken: ${issue?.message}.`,
      where: issue?.path.join('.') ?? 'table encoding',
      hint: 'The file was edited or cut short; train again, or restore it from a copy.',
      cause: error,
    })
  }
}
