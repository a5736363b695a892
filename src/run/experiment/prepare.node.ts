import { freshRows } from '../../data/index.ts'
import {
  contentsOf,
  modelledNames,
  openStoreIfLarge,
  type ReadTableOptions,
  readTable,
  splitRows,
  splitShares,
  type Table,
  TableEncoding,
  tableHashes,
  tableRows,
} from '../../data/node.ts'
import { toyByName } from '../../density/index.ts'
import { ScorefieldError } from '../../engine/index.ts'
import { blocksOf, type RowBlocks } from '../../evaluation/index.ts'
import { measureMoments, measureScale } from '../../training/index.ts'
import type { RunOptions } from '../config/schema.ts'
import { type DataDescription, toyDescription } from './data-description.ts'
import { evenly } from './evenly.ts'
import { blocksOfStore, prepareStore, splitOfStore } from './large-table.node.ts'
import type { PreparedData, Wishes } from './prepared-data.ts'
import { withoutPrivateCells } from './private-cells.ts'
import { rulesOfData } from './rules-of-data.ts'
import { requireSplitByContent, type SplitTable, splitAgain, splitNotes } from './split-of-data.ts'

type RunOptionsCsv = NonNullable<RunOptions['data']>['csv']

/** Prefix of data that are a known density: `toy:two-moons`. */
export const toyPrefix = 'toy:'

/** Rows that the scale is measured on. */
const measuredRows = 5000

/** Reads and encodes what a data argument names: a table's file or pattern, an SQL query, or `toy:NAME`. */
export async function prepareData(
  options: {
    readonly source?: string
    readonly sql?: string
    readonly seed: number
    readonly csv?: RunOptionsCsv
    readonly sheet?: string
  } & Wishes,
): Promise<PreparedData> {
  const { source, seed } = options
  if (source?.startsWith(toyPrefix)) return prepareToy(source.slice(toyPrefix.length), seed)
  const large = await openStoreIfLarge(readingOf(options))
  if (large) return prepareStore(large.store, large.notes, options)
  const { table, notes } = await readData(options)
  return prepareTable(table, notes, options)
}

/** Reads the table that a source or a query names. */
export async function readData(options: Reading): ReturnType<typeof readTable> {
  return readTable(readingOf(options))
}

/** What to read, and how. */
export interface Reading {
  readonly source?: string
  readonly sql?: string
  readonly csv?: RunOptionsCsv
  readonly sheet?: string
}

/** The same for `readTable`. */
export function readingOf(options: Reading): ReadTableOptions {
  const { source, sql, sheet } = options
  if ((source === undefined) === (sql === undefined))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/data',
      message: source === undefined ? 'No data are named.' : 'Both a file and a query are named.',
      hint: 'Give a file, a pattern of files, toy:NAME, or a query by --sql.',
    })
  const csv = options.csv as ReadTableOptions['csv']
  return {
    ...(sql === undefined ? { source: source! } : { sql }),
    ...(csv ? { csv } : {}),
    ...(sheet === undefined ? {} : { sheet }),
  }
}

function prepareToy(name: string, seed: number): PreparedData {
  const toy = toyByName(name)
  const measured = toy.sample({ seed: seed + 1, first: 0, count: measuredRows })
  return {
    description: toyDescription(toy),
    moments: () => measureMoments(measured, toy.dimension),
    parts: [{ kind: 'numbers', width: toy.dimension }],
    source: freshRows({ dimension: toy.dimension, sample: (range) => toy.sample({ seed, ...range }) }),
    facts: {
      dimension: toy.dimension,
      rows: Number.POSITIVE_INFINITY,
      heldOutRows: 0,
      scale: measureScale(measured, toy.dimension),
      seed,
    },
    notes: [`${toy.name}: ${toy.summary}; every example is a fresh draw.`],
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
  const { seed } = wishes
  requireRows(table)
  const names = modelledNames(table, wishes.columns)
  const columns = wishes.columns ? { columns: wishes.columns } : {}
  // Says why there is nothing to learn.
  if (names.length === 0) TableEncoding.fit({ table, ...columns })
  const hashes = tableHashes(table, names)
  const shares = splitShares(table.rowCount, wishes.split)
  const splitSeed = wishes.split?.seed ?? seed
  const split = splitRows({ hashes: hashes.rows, seed: splitSeed, ...shares })
  const found = rulesOfData(table, wishes)
  const { encoding, rows, notes } = TableEncoding.fit({
    table,
    rowIndices: split.train,
    rules: found.rules,
    ...columns,
    ...(wishes.leastRowsPerWord === undefined ? {} : { leastRowsPerWord: wishes.leastRowsPerWord }),
  })
  const told = withoutPrivateCells(readNotes, table, wishes)
  const allNotes = [...told, ...splitNotes(split, shares), ...notes, ...found.notes]
  const [validation, test] = [split.validation, split.test].map((part) => encoding.encodableRows(table, part))
  const choosing = { validation, test, none: new Int32Array() }[shares.weightsBy]!
  const encodeOnce = (rowIndices: Int32Array): Float32Array =>
    encoding.encode(table, { rowIndices, dequantiseSeed: seed, first: 0 })
  const measured = encodeOnce(evenly(rows, measuredRows))
  return {
    moments: () => measureMoments(measured, encoding.width),
    description: {
      version: 2,
      kind: 'table',
      source: table.source,
      columns: table.columns.map(({ name, kind, type }) => ({ name, kind, type })),
      rowCount: table.rowCount,
      trainingRows: rows.length,
      validationRows: validation!.length,
      testRows: test!.length,
      split: { seed: splitSeed, ...shares, columns: names },
      contents: contentsOf(names, hashes),
      encoding: encoding.toJSON(),
      notes: allNotes,
    },
    parts: encoding.parts,
    source: tableRows({ encoding, table, rowIndices: rows, seed }),
    ...(choosing.length > 0
      ? { heldOut: { rows: encodeOnce(choosing), conditions: new Float32Array() } }
      : {}),
    facts: {
      dimension: encoding.width,
      rows: rows.length,
      heldOutRows: choosing.length,
      scale: measureScale(measured, encoding.width, encoding.parts),
      seed,
    },
    notes: allNotes,
  }
}

/**
 * Reads a run's rows again from where it read them.
 *
 * Errors: those of reading, `data/changed` where they are not the same rows, `run/older-split`.
 */
export async function readSplit(
  description: DataDescription & { kind: 'table' },
  data: Parameters<typeof readData>[0],
): Promise<SplitTable> {
  const { dispose, learned: _, ...split } = await openSplit(description, data)
  await dispose()
  return split
}

/** A run's rows read again, and all of those learned from, of a large table too. */
export interface OpenedSplit extends SplitTable {
  /** The rows learned from, block by block; `keep` says which rows of a table the model can take. */
  readonly learned: (keep: (table: Table, rows: Int32Array) => Int32Array) => RowBlocks
  /** Removes a large table's copy from the disk; to be called after use. */
  readonly dispose: () => Promise<void>
}

/** The same as `readSplit`, open until it is disposed of. */
export async function openSplit(
  description: DataDescription & { kind: 'table' },
  data: Parameters<typeof readData>[0],
): Promise<OpenedSplit> {
  const { split } = requireSplitByContent(description)
  const there = (columns: readonly { readonly name: string }[]): string[] =>
    split.columns.filter((name) => columns.some((column) => column.name === name))
  const large = await openStoreIfLarge(readingOf(data))
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
  const { table } = await readData(data)
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
