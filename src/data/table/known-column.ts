import type { Calendar, Column, Written } from './table.ts'

/** How a column was read once, so that a file of few rows, which shows less of it, is read the same way. */
export interface KnownColumn {
  readonly kind: Column['kind']
  /** The source's name of its type. */
  readonly type: string
  readonly calendar?: Calendar
  readonly written?: Written
  /** The words that a column of categories knows. */
  readonly words?: ReadonlySet<string>
}

/** Known columns by name. */
export type KnownColumns = ReadonlyMap<string, KnownColumn>

export const nothingKnown: KnownColumns = new Map()

/** Whether cells that look like plain numbers may be something else: words, days, or numbers such as 1.234 for 1234. */
export function staysText(known: KnownColumn | undefined): boolean {
  return known?.kind === 'text' || known?.calendar !== undefined || known?.written?.dress !== undefined
}

/** Whether the column is plain numbers, which are no days however much they look like 20201231. */
export function isPlainNumber(known: KnownColumn | undefined): boolean {
  return known?.kind === 'number' && known.calendar === undefined
}
