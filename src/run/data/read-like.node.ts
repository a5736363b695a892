import { ScorefieldError } from '../../base/index.ts'
import {
  formatOfName,
  knownColumns,
  type ReadTableResult,
  readTable,
  TableEncoding,
} from '../../data/node.ts'
import type { DataAsked, RunData } from './kind.ts'
import { readingOf } from './reading.ts'
import type { TableDescription } from './table-description.ts'

/**
 * Reads other rows than a run's own: its columns in the run's formats, which a small file may not show.
 *
 * What the run was told of its file (`data.csv`, `data.sheet`) is tried first, under what `asked` says of this one; then the
 * file is looked at as if nothing had been told. An encoding that was told is for files that are no UTF-8.
 * Throws what `readTable` does, and `data/missing-column`, `data/column-kind` where the model cannot take what is there.
 */
export async function readLike(asked: DataAsked, own: RunData): Promise<ReadTableResult> {
  const { encoding: written, readAs } = own.description as TableDescription
  const encoding = TableEncoding.fromJSON(written)
  const as = knownColumns(encoding)
  let first: unknown
  for (const way of waysToRead(asked, readAs ?? own.asked)) {
    try {
      const found = await readTable({ ...readingOf(way), as })
      // The model must be able to take the columns.
      encoding.encodableRows(found.table, new Int32Array())
      return found
    } catch (error) {
      if (!(error instanceof ScorefieldError && error.kind === 'data')) throw error
      first ??= error
    }
  }
  throw first
}

/** Ways to read a file, the likeliest first; each but once. */
function waysToRead(asked: DataAsked, own: DataAsked): DataAsked[] {
  const isExcel = asked.source !== undefined && formatOfName(asked.source)?.name === 'xlsx'
  const { encoding, ...csv } = own.csv ?? {}
  const told: DataAsked = {
    ...asked,
    csv: { ...csv, ...asked.csv },
    sheet: asked.sheet ?? (isExcel ? own.sheet : undefined),
  }
  const encoded = encoding === undefined ? [] : [{ ...told, csv: { encoding, ...told.csv } }]
  const ways = [told, ...encoded, { ...asked, csv: { ...asked.csv } }]
  return ways.filter((way, k) => ways.findIndex((one) => JSON.stringify(one) === JSON.stringify(way)) === k)
}
