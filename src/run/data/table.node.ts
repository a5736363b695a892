import { existsSync } from 'node:fs'
import { basename, extname, isAbsolute, join, resolve } from 'node:path'
import {
  contentsOf,
  modelledNames,
  openStoreIfLarge,
  pathPattern,
  readTable,
  splitRows,
  splitShares,
  type Table,
  TableEncoding,
  tableHashes,
  tableRows,
} from '../../data/node.ts'
import { ScorefieldError } from '../../engine/index.ts'
import { blocksOf } from '../../evaluation/index.ts'
import { fingerprintOf } from '../folder/fingerprint.node.ts'
import type { DataAsked, DataKind, DescribedData, OpenedSplit, PreparedData, Wishes } from './kind.ts'
import { blocksOfStore, prepareStore, splitOfStore } from './large-table.node.ts'
import { preparedTable } from './prepared-table.ts'
import { withoutPrivateCells } from './private-cells.ts'
import { readLike } from './read-like.node.ts'
import { readingOf } from './reading.ts'
import { rulesOfData } from './rules-of-data.ts'
import { requireSameTable, requireSplitByContent, splitAgain, splitNotes } from './split-of-data.ts'
import { countsOf, reportColumnsOf, type TableDescription } from './table-description.ts'

/** Rows of a file, of a pattern of files or of a query. */
export const tableData: DataKind = {
  name: 'table',
  summary: 'rows of a CSV, TSV, Parquet, JSON or Excel file, of a pattern of them, or of an SQL query',
  // A source that no kind recognises is taken for a file, too.
  recognises: ({ sql }) => sql !== undefined,
  isSplit: true,
  words: { type: 'table', measured: 'rows learned from' },
  absolute: (source) =>
    existsSync(source) || isAbsolute(source) ? resolve(source) : join(pathPattern(process.cwd()), source),
  runName: ({ source }) =>
    source === undefined
      ? 'query'
      : basename(source, extname(source)).replaceAll(/[*?[\]{}]+/g, '') || 'table',
  title: ({ source = '', sql }) => sql ?? basename(source),
  // A pattern or a query has no one file to take a sum of; the rows' own description stands for it.
  fingerprint: async ({ source }) =>
    source === undefined || /[*?[\]{}]/.test(source) ? undefined : fingerprintOf(source),
  read: (asked, like) => (like ? readLike(asked, like) : readTable(readingOf(asked))),
  prepare: async (asked) => {
    const large = await openStoreIfLarge(readingOf(asked))
    if (large) return prepareStore(large.store, large.notes, asked)
    const { table, notes } = await readTable(readingOf(asked))
    return prepareTable(table, notes, asked)
  },
  open: (description) => described(description as TableDescription),
}

function described(description: TableDescription): DescribedData {
  return {
    columns: description.columns.map(({ name }) => name),
    counts: countsOf(description),
    says: { test: 'test rows', all: 'the data, those learned from and those held out' },
    encoding: () => TableEncoding.fromJSON(description.encoding),
    reportColumns: () => reportColumnsOf(description),
    split: (asked) => openSplit(description, asked),
    requireSame: (now) => requireSameTable(description, now as TableDescription),
    movedTo: (source) => ({ ...description, source }) as TableDescription,
  }
}

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

function prepareTable(
  table: Table,
  readNotes: readonly string[],
  wishes: { readonly seed: number } & Wishes,
): PreparedData {
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

/** Reads the rows of a run again; see `DescribedData.split`. */
async function openSplit(description: TableDescription, asked: DataAsked): Promise<OpenedSplit> {
  const { split } = requireSplitByContent(description)
  const there = (columns: readonly { readonly name: string }[]): string[] =>
    split.columns.filter((name) => columns.some((column) => column.name === name))
  const large = await openStoreIfLarge(readingOf(asked))
  if (large) {
    const { store } = large
    try {
      const names = there(store.columns)
      const again = splitAgain(description, await store.hashes(names), { names, source: store.source })
      return {
        ...(await splitOfStore(store, again)),
        learned: (keep) => blocksOfStore(store, again.train, keep),
        dispose: () => store.dispose(),
      }
    } catch (error) {
      await store.dispose()
      throw error
    }
  }
  const { table } = await readTable(readingOf(asked))
  const names = there(table.columns)
  const again = splitAgain(description, tableHashes(table, names), { names, source: table.source })
  return {
    table,
    training: again.train,
    validation: again.validation,
    test: again.test,
    learned: (keep) => blocksOf(table, keep(table, again.train)),
    dispose: async () => {},
  }
}
