import { ScorefieldError } from '../../base/index.ts'
import type { ReadTableOptions } from '../../data/node.ts'
import type { DataAsked } from './kind.ts'

/** What to read, and how. Throws `usage/data`. */
export function readingOf({ source, sql, csv, sheet }: DataAsked): ReadTableOptions {
  if ((source === undefined) === (sql === undefined))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/data',
      message: source === undefined ? 'No data are named.' : 'Both a file and a query are named.',
      hint: 'Give a file, a pattern of files, toy:NAME, or a query by --sql.',
    })
  return { ...(sql === undefined ? { source: source! } : { sql }), csv, sheet }
}
