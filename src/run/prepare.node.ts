import {
  openStoreIfLarge,
  type ReadTableOptions,
  readTable,
  splitRows,
  type Table,
  TableEncoding,
  tableRows,
} from '../data/node.ts'
import { freshRows } from '../data/rows.ts'
import { toyByName } from '../density/index.ts'
import { ScorefieldError } from '../engine/index.ts'
import { measureScale } from '../training/index.ts'
import { type DataDescription, toyDescription } from './data-description.ts'
import { evenly } from './evenly.ts'
import { prepareStore, splitOfStore } from './large-table.node.ts'
import type { PreparedData, Wishes } from './prepared-data.ts'
import { rulesOfData } from './rules-of-data.ts'
import type { RunOptions } from './schema.ts'

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
  } & Wishes,
): Promise<PreparedData> {
  const { source, seed } = options
  if (source?.startsWith(toyPrefix)) return prepareToy(source.slice(toyPrefix.length), seed)
  const large = await openStoreIfLarge(readingOf(options))
  if (large) return prepareStore(large.store, large.notes, options)
  const { table, notes } = await readData(options)
  return prepareTable(table, notes, { rowCount: table.rowCount, seed }, options)
}

/** Reads the table that a source or a query names. */
export async function readData(options: Reading): ReturnType<typeof readTable> {
  return readTable(readingOf(options))
}

/** What to read, and how. */
interface Reading {
  readonly source?: string
  readonly sql?: string
  readonly csv?: RunOptionsCsv
}

function readingOf(options: Reading): ReadTableOptions {
  const { source, sql } = options
  if ((source === undefined) === (sql === undefined))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/data',
      message: source === undefined ? 'No data are named.' : 'Both a file and a query are named.',
      hint: 'Give a file, a pattern of files, toy:NAME, or a query by --sql.',
    })
  const csv = options.csv as ReadTableOptions['csv']
  return { ...(sql === undefined ? { source: source! } : { sql }), ...(csv ? { csv } : {}) }
}

function prepareToy(name: string, seed: number): PreparedData {
  const toy = toyByName(name)
  const measured = toy.sample({ seed: seed + 1, first: 0, count: measuredRows })
  return {
    description: toyDescription(toy),
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
  splitOptions: Parameters<typeof splitRows>[0],
  wishes: Wishes,
): PreparedData {
  const { seed } = splitOptions
  requireRows(table)
  const split = splitRows(splitOptions)
  const found = rulesOfData(table, wishes)
  const { encoding, rows, notes } = TableEncoding.fit({
    table,
    rowIndices: split.train,
    rules: found.rules,
    ...(wishes.columns ? { columns: wishes.columns } : {}),
  })
  const allNotes = [...readNotes, ...notes, ...found.notes]
  const heldOutRows = encoding.encodableRows(table, split.heldOut)
  const encodeOnce = (rowIndices: Int32Array): Float32Array =>
    encoding.encode(table, { rowIndices, dequantiseSeed: seed, first: 0 })
  return {
    description: {
      version: 1,
      kind: 'table',
      source: table.source,
      columns: table.columns.map(({ name, kind, type }) => ({ name, kind, type })),
      rowCount: table.rowCount,
      trainingRows: rows.length,
      heldOutRows: heldOutRows.length,
      split: splitOptions,
      encoding: encoding.toJSON(),
      notes: allNotes,
    },
    source: tableRows({ encoding, table, rowIndices: rows, seed }),
    ...(heldOutRows.length > 0
      ? { heldOut: { rows: encodeOnce(heldOutRows), conditions: new Float32Array() } }
      : {}),
    facts: {
      dimension: encoding.width,
      rows: rows.length,
      heldOutRows: heldOutRows.length,
      scale: measureScale(encodeOnce(evenly(rows, measuredRows)), encoding.width),
      seed,
    },
    notes: allNotes,
  }
}

/** The rows that a run trained on and those it held out, read again from where it read them; of a large table some of them. */
export async function readSplit(
  description: DataDescription & { kind: 'table' },
  data: Parameters<typeof readData>[0],
): Promise<{ table: Table; training: Int32Array; heldOut: Int32Array }> {
  const large = await openStoreIfLarge(readingOf(data))
  if (large) {
    const { store } = large
    try {
      requireUnchanged(store, description)
      return await splitOfStore(store, description.split)
    } finally {
      await store.dispose()
    }
  }
  const { table } = await readData(data)
  requireUnchanged(table, description)
  const split = splitRows(description.split)
  return { table, training: split.train, heldOut: split.heldOut }
}

function requireUnchanged(
  found: { readonly rowCount: number; readonly source: string },
  { rowCount }: { readonly rowCount: number },
): void {
  if (found.rowCount === rowCount) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/changed',
    message: `${found.source} has ${found.rowCount} rows now; it had ${rowCount} when the run was made.`,
    where: found.source,
    hint: 'Give the rows to compare with by --against FILE.',
  })
}
