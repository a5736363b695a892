import { ScorefieldError } from '../../base/index.ts'
import {
  contentsOf,
  modelledNames,
  splitRows,
  splitShares,
  type Table,
  TableEncoding,
  tableHashes,
  tableRows,
} from '../../data/index.ts'
import type { Wishes } from './kind.ts'
import { type PreparedTable, preparedTable } from './prepared-table.ts'
import { withoutPrivateCells } from './private-cells.ts'
import { rulesOfData } from './rules-of-data.ts'
import { splitNotes } from './split-of-data.ts'

/** Two rows to learn from, and one to judge by. */
const fewestRows = 3

/** Throws `data/too-few-rows`. */
function requireRows({ source, rowCount }: Table): void {
  if (rowCount >= fewestRows) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/too-few-rows',
    message: `${source} has ${rowCount} ${rowCount === 1 ? 'row' : 'rows'}; training needs at least ${fewestRows}, two to learn from and one to judge by.`,
    where: source,
    hint: 'A few hundred rows are where learning becomes worthwhile.',
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
  const { seed, columns, leastRowsPerWord } = wishes
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
  })
  const told = withoutPrivateCells(readNotes, table, wishes)
  const [validation, test] = [split.validation, split.test].map((part) => encoding.encodableRows(table, part))
  return preparedTable({
    of: {
      source: table.source,
      columns: table.columns.map(({ name, kind, type }) => ({ name, kind, type })),
      rowCount: table.rowCount,
      trainingRows: rows.length,
    },
    shares,
    splitSeed,
    names,
    contents: contentsOf(names, hashes),
    encoding,
    table,
    rows,
    validation: validation!,
    test: test!,
    source: tableRows({ encoding, table, rowIndices: rows, seed }),
    notes: [...told, ...splitNotes(split, shares), ...notes, ...found.notes],
    seed,
  })
}
