import {
  type ContentChanges,
  type ContentHashes,
  type Contents,
  contentChanges,
  contentsOf,
  type RowSplit,
  type SplitShares,
  splitRows,
  type Table,
  tableHashes,
} from '../../data/index.ts'
import { ScorefieldError } from '../../engine/index.ts'
import type { SplitDescription, TableDescription } from './table-description.ts'

/** What data.json says of a table's split and rows. */
export interface SplitOnRecord {
  readonly split: SplitDescription
  readonly contents: Contents
}

/** What a person may want to know of how the rows were split, one sentence each. */
export function splitNotes(split: RowSplit, { weightsBy }: SplitShares): string[] {
  const { train, validation, test, dividedRows, dividedCopies } = split
  const all = train.length + validation.length + test.length
  const notes: string[] = []
  if (weightsBy === 'test' && test.length > 0)
    notes.push(
      `The ${test.length} test rows choose the weights, too, because ${all} rows are too few to hold out others: figures computed from them are a little too good.`,
    )
  if (dividedRows > 0)
    notes.push(
      `${dividedRows === 1 ? 'One row makes' : `${dividedRows} different rows make`} up ${dividedCopies} of the ${all} rows: copies of ${dividedRows === 1 ? 'it' : 'each'} are learned from and held out in proportion. All other equal rows lie on one side.`,
    )
  return notes
}

/**
 * The rows as a run split them, of the hashes of a table read again. Their order does not matter.
 *
 * Throws `data/changed`, which says how the rows differ, `run/older-split`.
 */
export function splitAgain(
  onRecord: Partial<SplitOnRecord>,
  hashes: ContentHashes,
  { names, source }: { readonly names: readonly string[]; readonly source: string },
): RowSplit {
  const { split, contents } = requireSplitByContent(onRecord)
  const changes = contentChanges(contents, contentsOf(names, hashes))
  if (changes) throw changedData(changes, source)
  return splitRows({ hashes: hashes.rows, ...split })
}

/** Throws `data/changed` unless these columns have the values that they had, in whatever order; `run/older-split`. */
export function requireSameColumns(
  onRecord: Partial<SplitOnRecord>,
  table: Table,
  names: readonly string[],
): void {
  const { contents } = requireSplitByContent(onRecord)
  const known = names.filter((name) => name in contents.columns)
  const there = known.filter((name) => table.columns.some((column) => column.name === name))
  const now = contentsOf(there, tableHashes(table, there))
  const columns = Object.fromEntries(known.map((name) => [name, contents.columns[name]!]))
  // In which rows they stand is not looked at, so nothing is said of rows.
  const changes = contentChanges({ ...contents, columns, rows: '' }, { ...now, rows: '' })
  if (changes) throw changedData({ ...changes, rows: 0 }, table.source)
}

/** Throws `run/older-split` for a run of a release that split by row numbers. */
export function requireSplitByContent({ split, contents }: Partial<SplitOnRecord>): SplitOnRecord {
  if (split !== undefined && contents !== undefined) return { split, contents }
  throw new ScorefieldError({
    kind: 'data',
    code: 'run/older-split',
    message:
      'The run was made by an older release, which held rows out by their number: it is not certain which rows the model learned.',
    hint: 'Its samples are as good as before. To evaluate it, to score by it or to go on with it, train anew.',
  })
}

/**
 * Throws unless the table is the one that a run was started on, and is encoded as it was.
 *
 * `data/changed`, which says what changed; `run/older-split`.
 */
export function requireSameTable(before: TableDescription, now: TableDescription): void {
  if (now.kind !== before.kind) throw changedEncoding()
  const changes = contentChanges(requireSplitByContent(before).contents, now.contents)
  if (changes) throw changedData(changes, now.source)
  if (learned(before) !== learned(now)) throw changedEncoding()
}

/** The error that says that the same rows would be learned otherwise. */
export function changedEncoding(): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'data/changed',
    message:
      'The rows are those that the run was started on, but they are encoded or split in another way: a column that is not learned changed, or data.json was edited.',
    hint: 'Restore them, or start a new run.',
  })
}

/** What training depends on besides the rows. */
function learned({ encoding, split }: TableDescription): string {
  return JSON.stringify({ encoding, split })
}

/** The error that says how a table differs from what a run was trained on. */
export function changedData(changes: ContentChanges, source: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'data/changed',
    message: `${source} is not what the run was trained on: ${changesInWords(changes)}.`,
    where: source,
    hint: 'Restore the rows (their order does not matter), or train anew.',
  })
}

function changesInWords({ missing, columns, rowCount, rows }: ContentChanges): string {
  const { before, now } = rowCount
  const said: string[] = []
  if (now !== before) said.push(`it has ${now} rows, and had ${before}`)
  if (missing.length > 0) said.push(`it lacks ${listed(missing)}`)
  const other =
    rows === undefined
      ? 'nearly all rows, or all, are'
      : `about ${rows} ${rows === 1 ? 'row is' : 'rows are'}`
  if (columns.length === 0) {
    if (rows !== 0 && missing.length === 0) said.push(`the same values stand in other rows: ${other} others`)
  } else if (now === before)
    said.push(`${listed(columns)} ${columns.length === 1 ? 'has' : 'have'} other values`)
  if (columns.length > 0 && rows !== 0 && missing.length === 0) said.push(`${other} changed`)
  return said.join('; ')
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `'${name}'`)
  return names.length > 5 ? `${shown.join(', ')} and ${names.length - 5} more` : shown.join(', ')
}
