import { existsSync } from 'node:fs'
import { basename, extname, isAbsolute, join, resolve } from 'node:path'
import {
  openStoreIfLarge,
  pathPattern,
  readTable,
  type Table,
  TableEncoding,
  tableHashes,
} from '../../data/node.ts'
import { blocksOf } from '../../evaluation/index.ts'
import { fingerprintOf } from '../folder/fingerprint.node.ts'
import type { DataAsked, DataKind, DescribedData, OpenedSplit } from './kind.ts'
import { blocksOfStore, prepareStore, splitOfStore } from './large-table.node.ts'
import { prepareTable, prepareTableLike } from './prepare-table.ts'
import { readLike } from './read-like.node.ts'
import { readingOf } from './reading.ts'
import { requireSameColumns, requireSameTable, requireSplitByContent, splitAgain } from './split-of-data.ts'
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
  prepare: async ({ like, ...asked }) => {
    if (like) {
      const { table, notes } = await readLike(asked, like)
      return prepareTableLike(table, notes, { ...asked, like })
    }
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
    says: { test: 'test rows', all: 'the data, training rows and held-out rows' },
    encoding: () => TableEncoding.fromJSON(description.encoding),
    reportColumns: () => reportColumnsOf(description),
    split: (asked) => openSplit(description, asked),
    columnsAgain: (asked, names) => readColumns(description, asked, names),
    requireSame: (now) => requireSameTable(description, now as TableDescription),
    movedTo: (source) => ({ ...description, source }) as TableDescription,
  }
}

/** Reads some columns of a run again; see `DescribedData.columnsAgain`. */
async function readColumns(
  description: TableDescription,
  asked: DataAsked,
  names: readonly string[],
): Promise<Table> {
  // What was read in another run's formats is known as a whole.
  const { table } = description.readAs
    ? await readLike(asked, { description, asked })
    : await readTable({ ...readingOf(asked), only: names })
  requireSameColumns(description, table, names)
  return table
}

/** Reads the rows of a run again; see `DescribedData.split`. */
async function openSplit(description: TableDescription, asked: DataAsked): Promise<OpenedSplit> {
  const { split } = requireSplitByContent(description)
  const there = (columns: readonly { readonly name: string }[]): string[] =>
    split.columns.filter((name) => columns.some((column) => column.name === name))
  // Rows that were read in another run's formats were read into memory.
  const large = description.readAs ? undefined : await openStoreIfLarge(readingOf(asked))
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
  const { table } = description.readAs
    ? await readLike(asked, { description, asked })
    : await readTable(readingOf(asked))
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
