import { ScorefieldError } from '../../../base/index.ts'
import type { People, PersonalFinding } from '../personal/index.ts'
import { type Role, roleOf } from '../roles.ts'
import { type Column, columnWords } from '../table.ts'
import { fitCategoryColumn } from './category-column.ts'
import { allMasses } from './choose.ts'
import { columnEncoders } from './column-encoders.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import { fitNumberColumn } from './number-column.ts'
import { fitPersonalColumn } from './personal-column.ts'
import { sortWords } from './rare-words.ts'
import { fitUnmodelledColumn } from './unmodelled-column.ts'

/** What a person says of a column: what it is to the model, or that it is left out altogether, and how it is encoded. */
export interface ColumnWish {
  readonly as?: Role | 'skip'
  /** Name of a column encoder. */
  readonly encoder?: string
  /** What personal data it holds, by the name of the kind, whatever it looks like; `keep` lets its values come out. */
  readonly personal?: string
}

const learned: readonly Role[] = ['number', 'category']

/** Names of the encoders for columns of a role. */
function encodersFor(role: Role): ReadonlySet<string | undefined> {
  const kind = role === 'category' ? 'text' : 'number'
  const names = columnEncoders.filter((encoder) => encoder.kind === kind).map(({ name }) => name)
  return new Set(role === 'number' ? [...names, allMasses] : names)
}

/** What a column is fitted with, besides its values. */
export interface FitContext {
  readonly wish: ColumnWish
  /** Words of fewer rows do not come out. */
  readonly leastRowsPerWord: number
  /** What personal data it holds, and the people invented for the table. */
  readonly personal: (PersonalFinding & { readonly people: People }) | undefined
}

/** An encoding of one column by its role, with what a person may want to know of it. */
export function fitColumn(
  column: Column,
  all: Column,
  { wish, leastRowsPerWord, personal }: FitContext,
): { readonly encoding: ColumnEncoding; readonly note?: string } {
  const decided = roleOf(all)
  const asked = wish.as === undefined || wish.as === 'skip' ? decided.role : wish.as
  // Without two different values there is nothing to learn, whatever is asked.
  const nothing = decided.role === 'empty' || (decided.role === 'constant' && learned.includes(asked))
  const role = nothing ? decided.role : asked
  const reason =
    role === decided.role ? decided.reason : `as asked; otherwise ${decided.role}: ${decided.reason}`
  if (personal && role !== 'text' && role !== 'empty')
    return {
      encoding: fitPersonalColumn(all, personal),
      note: `'${column.name}' holds ${personal.kind.what} (${personal.reason}): it is not modelled, and new rows get invented ones. To let its own values come out, set "personal": "keep" for it.`,
    }
  // An encoder that goes with what the column was before somebody said what it is: `inspect --write` names one for each.
  const outdated = wish.as !== undefined && role !== decided.role && !encodersFor(role).has(wish.encoder)
  const encoder = wish.encoder === undefined || outdated ? {} : { encoder: wish.encoder }
  if (role === 'category') return fitCategories(column, all, { reason, leastRowsPerWord, ...encoder })
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
  const encoding = fitUnmodelledColumn(all, { role, reason })
  const becomes = encoding.toJSON()['invented'] ? newCodes : fate[role]
  return { encoding, note: `'${column.name}' is not modelled (${role}: ${reason})${becomes}.` }
}

/** Categories whose rare words are one word; without words that may come out there is nothing to learn. */
function fitCategories(
  column: Column,
  all: Column,
  options: { readonly reason: string; readonly leastRowsPerWord: number; readonly encoder?: string },
): { readonly encoding: ColumnEncoding; readonly note?: string } {
  const { leastRowsPerWord } = options
  const sorted = sortWords(columnWords(all), all.type, leastRowsPerWord)
  const { rareRows, rare, common } = sorted
  const rows = `${rareRows} ${rareRows === 1 ? 'row has a word' : 'rows have words'}`
  const few = `that fewer than ${leastRowsPerWord} rows have, or that ${rareRows === 1 ? 'is' : 'are'} personal`
  const known = common.size + (rare ? 1 : 0)
  if (rareRows > 0 && (rare === undefined || known < 2)) {
    const why = `none of its words may come out: ${rows} ${few}`
    const role = rare?.instead.kind === 'pattern' ? 'identifier' : 'text'
    return {
      encoding: fitUnmodelledColumn(all, { role, reason: why }),
      note: `'${column.name}' is not modelled: ${why}${role === 'identifier' ? newCodes : fate[role]}. data.leastRowsPerWord says how many rows a word needs.`,
    }
  }
  if (!rare) return { encoding: fitCategoryColumn(column, { all, sorted, ...options }) }
  const reason = `${options.reason}; ${rows} ${few}, and ${rareRows === 1 ? 'is' : 'are'} one word to the model`
  const encoding = fitCategoryColumn(column, { all, sorted, ...options, reason })
  const instead =
    rare.instead.kind === 'pattern' ? 'an invented code of the same pattern' : 'another of its words'
  return { encoding, note: `'${column.name}': ${rows} ${few}; in their place comes ${instead}.` }
}

const newCodes = '; new rows have codes of the same pattern that no row of the data has'

/** What becomes of a column that is not modelled. */
const fate = {
  constant: '; it is put back on the way out',
  identifier: '; new rows count on',
  text: '; it stays empty in new rows',
  empty: '; it stays empty',
} as const
