import { stat } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { spillToDisk, withDatabase } from '../duckdb.node.ts'
import { loadFiles } from '../load-files.node.ts'
import { loadParquet } from '../load-self-describing.node.ts'
import type { Loaded } from '../loaded.node.ts'
import { loadQuery } from '../query.node.ts'
import { hintsOf, type ReadTableOptions } from '../read.node.ts'
import { findFiles } from '../source.node.ts'
import { unreadable } from '../unreadable.node.ts'
import { TableStore } from './table-store.node.ts'

/** A table of more cells stays on disk; so many take 160 MB in memory. */
export const mostCellsInMemory = 20_000_000
/** Text files larger than this are taken to hold that many cells. */
const mostBytesInMemory = 250_000_000

/**
 * The table as a store on disk if it is too large for memory, else undefined. What is large: more than `mostCells` cells, or text
 * files of more than 250 MB. To be disposed of after use. Errors: those of `readTable`.
 */
export async function openStoreIfLarge(
  options: ReadTableOptions & { readonly mostCells?: number },
): Promise<{ readonly store: TableStore; readonly notes: readonly string[] } | undefined> {
  const { mostCells = mostCellsInMemory } = options
  return withDatabase(async (connection) => {
    await spillToDisk(connection)
    const notes: string[] = []
    let loaded: Loaded
    if ('sql' in options) loaded = await loadQuery(connection, options.sql)
    else {
      const { paths, format } = await findFiles(connection, options.source)
      if (format.name === 'parquet') {
        loaded = await loadParquet(connection, paths, 'view').catch((error) => {
          throw unreadable(error, options.source)
        })
      } else {
        const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size))
        const bytes = sizes.reduce((sum, size) => sum + size, 0)
        if (bytes <= mostBytesInMemory && mostCells === mostCellsInMemory) return undefined
        loaded = await loadFiles(connection, options.source, options, notes)
      }
    }
    if ((await cellsLoaded(connection)) <= mostCells) return undefined
    const source = 'sql' in options ? options.sql : options.source
    const hints = hintsOf(options.csv)
    return { store: await TableStore.take(connection, { source, loaded, notes, hints }), notes }
  })
}

async function cellsLoaded(connection: DuckDBConnection): Promise<number> {
  const described = await connection.runAndReadAll('describe loaded')
  const counted = await connection.runAndReadAll('select count(*) from loaded')
  return described.currentRowCount * Number(counted.getRows()[0]![0])
}
