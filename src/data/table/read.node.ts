import { ScorefieldError } from '../../engine/error.ts'
import type { CsvOptions } from './csv.node.ts'
import { describeText, withoutLeadingBlanks } from './describe-text.ts'
import { withDatabase } from './duckdb.node.ts'
import { loadFiles } from './load-files.node.ts'
import { loadQuery } from './query.node.ts'
import type { ReadingHints } from './readings/reading.ts'
import type { Table } from './table.ts'
import { takeLoaded } from './take-loaded.node.ts'

/** Where a table comes from: a file or pattern of files, or a query. */
export type ReadTableOptions = ({ readonly source: string } | { readonly sql: string }) & {
  /** How to read separated text; what is left out is found by looking at the file. */
  readonly csv?: CsvOptions
}

/** A table that was read, and what was decided in reading it. */
export interface ReadTableResult {
  readonly table: Table
  /** What was decided that a person may want to know, one sentence each. */
  readonly notes: readonly string[]
}

/**
 * Reads a table: a CSV, TSV, Parquet or JSON file, a pattern that matches several, or the answer to an SQL query.
 *
 * Columns keep their order. Numbers become float64; all else becomes text. Rows keep their order.
 * The data are read by DuckDB, in columns; a query may name files: `select a, b from 'x.parquet'`.
 *
 * Throws `ScorefieldError` of kind `data`: `data/no-such-file`, `data/folder`, `data/empty-file`, `data/mixed-formats`,
 * `data/no-rows`, `data/ragged-row`, `data/columns-differ`, `data/encoding`, `data/unreadable`, `data/sql`.
 */
export async function readTable(options: ReadTableOptions): Promise<ReadTableResult> {
  return withDatabase(async (connection) => {
    const notes: string[] = []
    const source = 'sql' in options ? options.sql : options.source
    let isSeparated = false
    if ('sql' in options) await loadQuery(connection, options.sql)
    else isSeparated = await loadFiles(connection, options.source, options.csv ?? {}, notes)
    const loaded = await takeLoaded(connection, source, notes, {
      hints: hintsOf(options.csv),
      isUntyped: isSeparated,
    })
    const table = 'sql' in options ? loaded : tidied(loaded, isSeparated, notes)
    if (table.rowCount === 0) {
      const names = table.columns.map(({ name }) => name).join(', ')
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/no-rows',
        message: `${source} has columns (${names}) but no rows.`,
        where: source,
        hint: 'A model is trained on at least two rows.',
      })
    }
    return { table, notes }
  })
}

/** What is told of how separated text is written, for those who read its cells. */
export function hintsOf(csv: CsvOptions | undefined): ReadingHints {
  return csv?.decimalSeparator === undefined ? {} : { point: csv.decimalSeparator }
}

/** The table of a file without the blanks of a separator that is followed by one; notes what is odd about text. */
function tidied(table: Table, isSeparated: boolean, notes: string[]): Table {
  const trimmed: string[] = []
  const columns = table.columns.map((column) => {
    const bare = isSeparated && column.kind === 'text' ? withoutLeadingBlanks(column) : undefined
    if (bare) trimmed.push(column.name)
    return bare ?? column
  })
  if (trimmed.length > 0) notes.push(`The blank before every cell was left out in ${trimmed.join(', ')}.`)
  for (const column of columns) {
    if (column.kind !== 'text') continue
    const why = `'${column.name}' was read as text:`
    const isTold = notes.some((note) => note.startsWith(why))
    notes.push(...describeText(column).filter((note) => !isTold || !note.startsWith(why)))
  }
  return { ...table, columns }
}
