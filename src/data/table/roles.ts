import { areCodes } from './personal/index.ts'
import type { Column, NumberColumn, TextColumn } from './table.ts'

/**
 * What a column is to a model.
 *
 * - `number`: learned as a number (also days and times).
 * - `category`: one of a set of words; a gap is one more of them.
 * - `identifier`: names rows and says nothing of them; made anew on the way out.
 * - `text`: free text, which is not learned and stays empty on the way out.
 * - `constant`: one value throughout, put back on the way out.
 * - `empty`: no value in any row.
 */
export type Role = 'number' | 'category' | 'identifier' | 'text' | 'constant' | 'empty'

/** Every role. */
export const roles: readonly Role[] = ['number', 'category', 'identifier', 'text', 'constant', 'empty']

/** What a column was taken for, and why. */
export interface RoleDecision {
  readonly role: Role
  /** Why, as the end of a sentence: `7 different words in 4898 rows`. */
  readonly reason: string
}

/** From so many rows on, values that are all different count as names of rows. */
const leastRowsForIdentifiers = 20
/** So large a share of different values makes a name of the row, or free text. */
const identifierShare = 0.95
/** A text column of more different cells is no category if they are sentences. */
export const mostCategories = 5000
/** Words a cell from which on text is read as sentences. */
const wordsOfSentence = 4

/** What the column is to a model, judged by its values. */
export function roleOf(column: Column): RoleDecision {
  return column.kind === 'number' ? roleOfNumbers(column) : roleOfText(column)
}

function roleOfNumbers({ name, values, decimals, calendar }: NumberColumn): RoleDecision {
  const filled = values.filter((value) => !Number.isNaN(value))
  const distinct = new Set(filled).size
  const alike = roleOfFew(distinct, filled.length, values.length)
  if (alike) return alike
  const allDifferent = distinct === values.length && values.length >= leastRowsForIdentifiers
  if (allDifferent && decimals === 0 && calendar === undefined) {
    const ordered = Float64Array.from(filled).sort()
    const step = ordered[1]! - ordered[0]!
    if (ordered.every((value, i) => i === 0 || value - ordered[i - 1]! === step))
      return { role: 'identifier', reason: `whole numbers that count the rows, from ${ordered[0]}` }
    if (/(^|[_\W])(id|uuid|key|nr|no)$/i.test(name) || /[a-z]I[Dd]$/.test(name))
      return { role: 'identifier', reason: 'whole numbers, all different, with the name of an identifier' }
  }
  return { role: 'number', reason: `${distinct} different numbers in ${values.length} rows` }
}

function roleOfText({ values, type }: TextColumn): RoleDecision {
  const filled = values.filter((value) => value !== null)
  const distinct = new Set(filled).size
  const alike = roleOfFew(distinct, filled.length, values.length)
  if (alike) return alike
  const rows = values.length
  const reason = `${distinct} different words in ${rows} rows`
  if (type === 'BOOLEAN') return { role: 'category', reason: 'truth values' }
  const nearlyAll = rows >= leastRowsForIdentifiers && distinct > identifierShare * filled.length
  if (!nearlyAll && distinct <= mostCategories) return { role: 'category', reason }
  const words = filled.reduce((sum, value) => sum + value.trim().split(/\s+/).length, 0) / filled.length
  if (words >= wordsOfSentence)
    return {
      role: 'text',
      reason: nearlyAll ? `${words.toFixed(0)} words a cell, nearly all cells different` : reason,
    }
  if (nearlyAll)
    return {
      role: 'identifier',
      reason: `nearly all of its words are different (${distinct} in ${rows} rows)`,
    }
  return {
    role: 'category',
    reason: areCodes(filled) ? `${distinct} different codes in ${rows} rows` : reason,
  }
}

function roleOfFew(distinct: number, filled: number, rows: number): RoleDecision | undefined {
  if (distinct === 0) return { role: 'empty', reason: 'no value in any row' }
  if (distinct > 1) return undefined
  return filled === rows
    ? { role: 'constant', reason: 'one value in every row' }
    : { role: 'category', reason: 'one value or a gap' }
}
