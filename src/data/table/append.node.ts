import type { DuckDBConnection } from '@duckdb/node-api'
import { duckdb, identifier } from './duckdb.node.ts'
import { placeOf } from './loaded.node.ts'
import type { Table } from './table.ts'

/** Rows a chunk: what DuckDB itself works on at a time. */
const chunkRows = 2048

/**
 * Makes a table `name` in the database of the columns of `table`, called "0", "1", … by their places, for SQL does not tell
 * `Age` from `AGE`: numbers as DOUBLE and all else as VARCHAR.
 */
export async function appendTable(connection: DuckDBConnection, table: Table, name: string): Promise<void> {
  const { DOUBLE, DuckDBDataChunk, VARCHAR } = await duckdb()
  const fields = table.columns.map((column, place) => {
    return `${placeOf(place)} ${column.kind === 'number' ? 'DOUBLE' : 'VARCHAR'}`
  })
  await connection.run(`create temp table ${identifier(name)} (${fields.join(', ')})`)
  const types = table.columns.map((column) => (column.kind === 'number' ? DOUBLE : VARCHAR))
  const appender = await connection.createAppender(name)
  try {
    for (let from = 0; from < table.rowCount; from += chunkRows) {
      const to = Math.min(from + chunkRows, table.rowCount)
      const chunk = DuckDBDataChunk.create(types, to - from)
      for (const [index, column] of table.columns.entries()) {
        const part = Array.from(column.values.slice(from, to) as ArrayLike<number | string | null>)
        chunk.setColumnValues(
          index,
          part.map((value) => (Number.isNaN(value) ? null : value)),
        )
      }
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}
