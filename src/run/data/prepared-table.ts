import type { Contents, SplitShares, Table, TableEncoding } from '../../data/index.ts'
import { measureMoments, measureScale } from '../../training/index.ts'
import { dataMoments } from './data-moments.ts'
import { evenly } from './evenly.ts'
import type { PreparedData } from './kind.ts'
import type { TableDescription } from './table-description.ts'

/** Rows that the scale is measured on. */
const measuredRows = 5000

/** A table that is read, split and encoded, wherever its rows lie. */
interface EncodedTable {
  /** The whole table, in memory or on disk. */
  readonly of: Pick<TableDescription, 'source' | 'columns' | 'rowCount' | 'trainingRows'>
  readonly shares: SplitShares
  readonly splitSeed: number
  readonly names: readonly string[]
  readonly contents: Contents
  readonly encoding: TableEncoding
  /** Rows of the table in memory: those that the scale is measured on, and all that are held out and can be encoded. */
  readonly table: Table
  readonly rows: Int32Array
  readonly validation: Int32Array
  readonly test: Int32Array
  readonly source: PreparedData['source']
  readonly notes: readonly string[]
  readonly seed: number
}

/** A table made ready for training. */
export interface PreparedTable extends PreparedData {
  readonly description: TableDescription
  readonly encoding: TableEncoding
}

/** What training is given of a table, and what its run remembers. */
export function preparedTable(given: EncodedTable): PreparedTable {
  const { of, shares, encoding, table, validation, test, notes, seed } = given
  const encodeOnce = (rowIndices: Int32Array): Float32Array =>
    encoding.encode(table, { rowIndices, dequantiseSeed: seed, first: 0 })
  const choosing = { validation, test, none: new Int32Array() }[shares.weightsBy]
  const measured = encodeOnce(evenly(given.rows, measuredRows))
  return {
    description: {
      version: 2,
      kind: 'table',
      ...of,
      validationRows: validation.length,
      testRows: test.length,
      split: { seed: given.splitSeed, ...shares, columns: given.names },
      contents: given.contents,
      encoding: encoding.toJSON(),
      moments: dataMoments(measured, encoding.width),
      notes,
    },
    chosen: { split: shares },
    moments: () => measureMoments(measured, encoding.width),
    encoding,
    source: given.source,
    heldOut: choosing.length > 0 ? { rows: encodeOnce(choosing) } : undefined,
    facts: {
      dimension: encoding.width,
      rows: of.trainingRows,
      heldOutRows: choosing.length,
      scale: measureScale(measured, encoding.width, encoding.parts),
      seed,
    },
    notes,
  }
}
