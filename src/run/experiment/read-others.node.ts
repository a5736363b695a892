import { ScorefieldError } from '../../base/index.ts'
import { formatOfName, knownColumns, type ReadTableResult, readTable, type Table } from '../../data/node.ts'
import type { DataConfig } from '../config/schema.ts'
import type { OpenedModel } from './open-model.node.ts'
import { type Reading, readingOf } from './prepare.node.ts'

/**
 * Reads other rows than a run's own: its columns in the run's formats, which a small file may not show.
 *
 * What the run was told of its file (`data.csv`, `data.sheet`) is tried first, under what `asked` says of this one; then the
 * file is looked at as if nothing had been told. An encoding that was told is for files that are no UTF-8.
 * Throws what `readTable` does, and `data/missing-column`, `data/column-kind` where the model cannot take what is there.
 */
export async function readOthers(opened: OpenedModel, asked: Reading): Promise<ReadTableResult> {
  const { encoding, run } = opened
  if (encoding === undefined) return readTable(readingOf(asked))
  const as = knownColumns(encoding)
  let first: unknown
  for (const reading of readingsOf(asked, run.config.data)) {
    try {
      const found = await readTable({ ...readingOf(reading), as })
      requireColumns(opened, found.table)
      return found
    } catch (error) {
      if (!(error instanceof ScorefieldError && error.kind === 'data')) throw error
      first ??= error
    }
  }
  throw first
}

/** Ways to read a file, the likeliest first; each but once. */
function readingsOf(asked: Reading, own: DataConfig): Reading[] {
  const isExcel = asked.source !== undefined && formatOfName(asked.source)?.name === 'xlsx'
  const { encoding, ...csv } = own.csv ?? {}
  const told = {
    ...asked,
    csv: { ...csv, ...asked.csv },
    ...(isExcel && own.sheet !== undefined ? { sheet: asked.sheet ?? own.sheet } : {}),
  }
  const encoded = encoding === undefined ? [] : [{ ...told, csv: { encoding, ...told.csv } }]
  const ways = [told, ...encoded, { ...asked, csv: { ...asked.csv } }]
  return ways.filter((way, k) => ways.findIndex((one) => JSON.stringify(one) === JSON.stringify(way)) === k)
}

/** Throws unless the model can take the columns. */
function requireColumns({ encoding }: OpenedModel, table: Table): void {
  encoding!.encodableRows(table, new Int32Array())
}
