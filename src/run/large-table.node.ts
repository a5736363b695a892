import {
  poolBlocks,
  pooledRows,
  splitRows,
  type Table,
  TableEncoding,
  type TableStore,
} from '../data/node.ts'
import { RandomStream } from '../engine/random/index.ts'
import { measureScale } from '../training/index.ts'
import { evenly } from './evenly.ts'
import type { PreparedData, Wishes } from './prepared-data.ts'
import { rulesOfData } from './rules-of-data.ts'

/** Rows that the encoding of a large table is fitted to, drawn at random. */
const fittedRows = 100_000
/** Training rows of a large table that figures are computed from. */
const figureRows = 20_000
/** Rows that the scale is measured on. */
const measuredRows = 5000

/** A large table made ready for training: its rows stay on disk. */
export async function prepareStore(
  store: TableStore,
  readNotes: readonly string[],
  options: { readonly seed: number } & Wishes,
): Promise<PreparedData> {
  const { seed, columns } = options
  const split = { rowCount: store.rowCount, seed }
  const { train, heldOut } = splitRows(split)
  const sample = sampleOf(train, seed)
  const wanted = Int32Array.from(new Set([...sample, ...heldOut, ...store.telling])).sort()
  const table = await store.rows(wanted)
  const places = placesIn(wanted)
  const rowIndices = sample.map(places)
  const found = rulesOfData(table, options)
  const { rules } = found
  const { encoding, notes } = TableEncoding.fit({ table, rowIndices, rules, ...(columns ? { columns } : {}) })
  const heldOutRows = encoding.encodableRows(table, heldOut.map(places))
  const encodeOnce = (rows: Int32Array): Float32Array =>
    encoding.encode(table, { rowIndices: rows, dequantiseSeed: seed, first: 0 })
  const pool = Math.min(poolBlocks * store.blockRows, store.rowCount)
  const allNotes = [
    ...readNotes,
    `The ${store.rowCount} rows stay on disk: the encoding is fitted to ${sample.length} of them, drawn at random; training shuffles blocks of ${store.blockRows} rows and mixes ${pool} rows at a time.`,
    ...notes,
    ...found.notes,
  ]
  return {
    description: {
      version: 1,
      kind: 'table',
      source: store.source,
      columns: store.columns,
      rowCount: store.rowCount,
      trainingRows: train.length,
      heldOutRows: heldOutRows.length,
      split,
      encoding: encoding.toJSON(),
      notes: allNotes,
    },
    source: pooledRows({ encoding, store, heldOut, seed }),
    heldOut: { rows: encodeOnce(heldOutRows), conditions: new Float32Array() },
    facts: {
      dimension: encoding.width,
      rows: train.length,
      heldOutRows: heldOutRows.length,
      scale: measureScale(encodeOnce(evenly(rowIndices, measuredRows)), encoding.width),
      seed,
    },
    notes: allNotes,
    dispose: () => store.dispose(),
  }
}

/** Some training rows and the held-out ones of a large table, as a table that fits into memory. */
export async function splitOfStore(
  store: TableStore,
  split: Parameters<typeof splitRows>[0],
): Promise<{ table: Table; training: Int32Array; heldOut: Int32Array }> {
  const { train, heldOut } = splitRows(split)
  const training = evenly(train, figureRows)
  const wanted = Int32Array.from(new Set([...training, ...heldOut])).sort()
  const places = placesIn(wanted)
  return { table: await store.rows(wanted), training: training.map(places), heldOut: heldOut.map(places) }
}

/** Rows drawn at random without repetition, ascending. */
function sampleOf(rows: Int32Array, seed: number): Int32Array {
  if (rows.length <= fittedRows) return rows
  const order = new RandomStream({ seed, name: 'fitted rows' }).permutation({ index: 0, size: rows.length })
  return Int32Array.from(order.subarray(0, fittedRows), (place) => rows[place]!).sort()
}

function placesIn(sorted: Int32Array): (row: number) => number {
  const places = new Map(Array.from(sorted, (row, place) => [row, place]))
  return (row) => places.get(row)!
}
