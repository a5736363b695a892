import { ScorefieldError } from '../../base/index.ts'
import {
  type ContentHashes,
  contentsOf,
  modelledNames,
  type RowSplit,
  splitRows,
  splitShares,
  type Table,
  TableEncoding,
  tableHashes,
  tableRows,
} from '../../data/index.ts'
import type { RunData, Wishes } from './kind.ts'
import { type PreparedTable, preparedTable } from './prepared-table.ts'
import { withoutPrivateCells } from './private-cells.ts'
import { rulesOfData } from './rules-of-data.ts'
import { requireSplitByContent, splitNotes } from './split-of-data.ts'
import type { TableDescription } from './table-description.ts'

/** Two rows to learn from, and one to judge by. */
const fewestRows = 3

/** Throws `data/too-few-rows`. */
function requireRows({ source, rowCount }: Pick<Table, 'source' | 'rowCount'>): void {
  if (rowCount >= fewestRows) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/too-few-rows',
    message: `${source} has ${rowCount} ${rowCount === 1 ? 'row' : 'rows'}; training needs at least ${fewestRows}, two to learn from and one to judge by.`,
    where: source,
    hint: 'Learning becomes worthwhile from a few hundred rows.',
  })
}

/**
 * A table in memory made ready for training: split, its rules found, encoded. readNotes: what was decided in reading it.
 *
 * Throws `data/too-few-rows`, and what `splitRows` and `TableEncoding.fit` throw.
 */
export function prepareTable(
  table: Table,
  readNotes: readonly string[],
  wishes: { readonly seed: number } & Wishes,
): PreparedTable {
  const { seed, columns, leastRowsPerWord, gaps } = wishes
  requireRows(table)
  const names = modelledNames(table, columns)
  // Says why there is nothing to learn.
  if (names.length === 0) TableEncoding.fit({ table, columns })
  const hashes = tableHashes(table, names)
  const shares = splitShares(table.rowCount, wishes.split)
  const splitSeed = wishes.split?.seed ?? seed
  const split = splitRows({ hashes: hashes.rows, seed: splitSeed, ...shares })
  const found = rulesOfData(table, wishes)
  const { encoding, rows, notes } = TableEncoding.fit({
    table,
    rowIndices: split.train,
    rules: found.rules,
    columns,
    leastRowsPerWord,
    gaps,
  })
  const told = withoutPrivateCells(readNotes, table, wishes)
  return prepared({
    ...{ table, names, hashes, shares, splitSeed, split, encoding, seed },
    rows: encoding.gaps === 'unknown' ? encoding.learnableRows(table, rows) : rows,
    notes: [...told, ...splitNotes(split, shares), ...notes, ...found.notes],
  })
}

/**
 * A table in memory made ready for training by a run's encoding, which `readLike` read it for: split, encoded.
 *
 * Throws `data/too-few-rows`, and what `splitRows` throws.
 */
export function prepareTableLike(
  table: Table,
  readNotes: readonly string[],
  wishes: { readonly seed: number; readonly like: RunData } & Wishes,
): PreparedTable {
  const { seed, like } = wishes
  const own = like.description as TableDescription
  const encoding = TableEncoding.fromJSON(own.encoding)
  const there = new Set(table.columns.map(({ name }) => name))
  const names = requireSplitByContent(own).split.columns.filter((name) => there.has(name))
  const hashes = tableHashes(table, names)
  const shares = splitShares(table.rowCount, wishes.split)
  const splitSeed = wishes.split?.seed ?? seed
  const split = splitRows({ hashes: hashes.rows, seed: splitSeed, ...shares })
  const rows = encoding.learnableRows(table, split.train)
  requireRows({ source: table.source, rowCount: encoding.learnableRows(table).length })
  const { csv, sheet } = own.readAs ?? like.asked
  const ready = prepared({
    ...{ table, names, hashes, shares, splitSeed, split, encoding, rows, seed },
    notes: [...withoutPrivateCells(readNotes, table, wishes), ...splitNotes(split, shares)],
  })
  return { ...ready, description: { ...ready.description, readAs: { csv, sheet } } }
}

/** What both ways come to. */
function prepared({
  table,
  hashes,
  split,
  rows,
  encoding,
  ...others
}: Pick<
  Parameters<typeof preparedTable>[0],
  'table' | 'names' | 'shares' | 'splitSeed' | 'encoding' | 'rows' | 'seed' | 'notes'
> & {
  readonly hashes: ContentHashes
  readonly split: RowSplit
}): PreparedTable {
  const [validation, test] = [split.validation, split.test].map((part) => encoding.learnableRows(table, part))
  return preparedTable({
    ...others,
    ...{ table, rows, encoding },
    of: {
      source: table.source,
      columns: table.columns.map(({ name, kind, type }) => ({ name, kind, type })),
      rowCount: table.rowCount,
      trainingRows: rows.length,
    },
    contents: contentsOf(others.names, hashes),
    validation: validation!,
    test: test!,
    source: tableRows({ encoding, table, rowIndices: rows, seed: others.seed }),
  })
}
