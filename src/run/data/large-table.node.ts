import {
  contentsOf,
  modelledNames,
  poolBlocks,
  pooledRows,
  type RowSplit,
  splitRows,
  splitShares,
  type Table,
  TableEncoding,
  type TableStore,
  takeRows,
} from '../../data/node.ts'
import type { RowBlocks } from '../../evaluation/index.ts'
import { evenly } from './evenly.ts'
import type { PreparedData, SplitTable, Wishes } from './kind.ts'
import { preparedTable } from './prepared-table.ts'
import { withoutPrivateCells } from './private-cells.ts'
import { rulesOfData } from './rules-of-data.ts'
import { splitNotes } from './split-of-data.ts'

/** Rows that the encoding of a large table is fitted to, drawn at random. */
const fittedRows = 100_000
/** Training rows of a large table that figures are computed from. */
const figureRows = 20_000
/** A large table made ready for training: its rows stay on disk. */
export async function prepareStore(
  store: TableStore,
  readNotes: readonly string[],
  options: { readonly seed: number } & Wishes,
): Promise<PreparedData> {
  const { seed, columns = {}, leastRowsPerWord, gaps } = options
  const names = modelledNames(await store.rows(rolesSample(store)), columns)
  const hashes = await store.hashes(names)
  const shares = splitShares(store.rowCount, options.split)
  const splitSeed = options.split?.seed ?? seed
  const split = splitRows({ hashes: hashes.rows, seed: splitSeed, ...shares })
  const { train, validation, test } = split
  // Training rows come in the order of their hashes, so the first ones are drawn at random.
  const sample = train.subarray(0, fittedRows)
  const wanted = Int32Array.from(new Set([...sample, ...validation, ...test, ...store.telling])).sort()
  const table = await store.rows(wanted)
  const places = placesIn(wanted)
  const rowIndices = sample.map(places)
  const found = rulesOfData(table, options)
  const { rules } = found
  const { encoding, notes } = TableEncoding.fit({ table, rowIndices, rules, columns, leastRowsPerWord, gaps })
  const encodable = (part: Int32Array): Int32Array => encoding.learnableRows(table, part.map(places))
  const pool = Math.min(poolBlocks * store.blockRows, store.rowCount)
  const allNotes = [
    ...withoutPrivateCells(readNotes, table, options),
    `The ${store.rowCount} rows stay on disk: the encoding is fitted to ${sample.length} of them, drawn at random; training shuffles blocks of ${store.blockRows} rows and mixes ${pool} rows at a time.`,
    ...splitNotes(split, shares),
    ...notes,
    ...found.notes,
  ]
  const prepared = preparedTable({
    of: {
      source: store.source,
      columns: store.columns,
      rowCount: store.rowCount,
      trainingRows: train.length,
    },
    shares,
    splitSeed,
    names,
    contents: contentsOf(names, hashes),
    encoding,
    table,
    rows: rowIndices,
    validation: encodable(validation),
    test: encodable(test),
    source: pooledRows({ encoding, store, heldOut: Int32Array.from([...validation, ...test]), seed }),
    notes: allNotes,
    seed,
  })
  return { ...prepared, dispose: () => store.dispose() }
}

/** Some training rows and the held-out ones of a large table, as a table that fits into memory. */
export async function splitOfStore(store: TableStore, split: RowSplit): Promise<SplitTable> {
  const training = split.train.subarray(0, figureRows)
  const { validation, test } = split
  const wanted = Int32Array.from(new Set([...training, ...validation, ...test])).sort()
  const places = placesIn(wanted)
  return {
    table: await store.rows(wanted),
    training: training.map(places),
    validation: validation.map(places),
    test: test.map(places),
  }
}

/** Some rows of a large table, block by block; `keep` says which of a block's rows to take. */
export function blocksOfStore(
  store: TableStore,
  rows: Int32Array,
  keep: (table: Table, rows: Int32Array) => Int32Array,
): RowBlocks {
  const wanted = new Uint8Array(store.rowCount)
  for (const row of rows) wanted[row] = 1
  return {
    rowCount: rows.length,
    async *read() {
      for (let block = 0; block < store.blockCount; block++) {
        const table = await store.blocks([block])
        const first = block * store.blockRows
        const own = Int32Array.from({ length: table.rowCount }, (_, row) => row).filter(
          (row) => wanted[first + row] === 1,
        )
        yield takeRows(table, keep(table, own))
      }
    },
  }
}

/** Rows that show what each column is: some from all over the table, and those that tell of what these may miss. */
function rolesSample(store: TableStore): Int32Array {
  const all = Int32Array.from({ length: store.rowCount }, (_, row) => row)
  return Int32Array.from(new Set([...evenly(all, fittedRows), ...store.telling])).sort()
}

function placesIn(sorted: Int32Array): (row: number) => number {
  const places = new Map(Array.from(sorted, (row, place) => [row, place]))
  return (row) => places.get(row)!
}
