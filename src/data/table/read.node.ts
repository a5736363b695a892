import { ScorefieldError } from '../../base/index.ts'
import { asKnown, fits } from './as-known.ts'
import type { CsvOptions } from './csv/csv.node.ts'
import { describeText } from './describe-text.ts'
import { spillToDisk, withDatabase } from './duckdb.node.ts'
import { type KnownColumns, nothingKnown } from './known-column.ts'
import { type FileOptions, loadFiles } from './load-files.node.ts'
import { loadQuery } from './query.node.ts'
import type { ReadingHints } from './readings/reading.ts'
import type { Table } from './table.ts'
import { takeLoaded } from './take-loaded.node.ts'

/** Where a table comes from: a file or pattern of files, or a query. */
export type ReadTableOptions = ({ readonly source: string } | { readonly sql: string }) & FileOptions

/** A table that was read, and what was decided in reading it. */
export interface ReadTableResult {
  readonly table: Table
  /** What was decided that a person may want to know, one sentence each. */
  readonly notes: readonly string[]
}

/**
 * Reads a table: a CSV, TSV, Parquet, JSON or Excel file, a pattern that matches several, or the answer to an SQL query.
 *
 * Columns keep their order. Numbers become float64; all else becomes text. Rows keep their order.
 * The data are read by DuckDB, in columns; a query may name files: `select a, b from 'x.parquet'`.
 *
 * Throws `ScorefieldError` of kind `data`: `data/no-such-file`, `data/folder`, `data/empty-file`, `data/mixed-formats`,
 * `data/no-rows`, `data/ragged-row`, `data/columns-differ`, `data/encoding`, `data/no-such-sheet`, `data/excel-missing`,
 * `data/unreadable`, `data/sql`; with `as` also `data/column-kind`.
 */
export async function readTable(options: ReadTableOptions): Promise<ReadTableResult> {
  const { as } = options
  if (as === undefined) return readOnce(options)
  const found = await readOnce(options)
  const strange = found.table.columns.filter((column) => {
    const known = as.get(column.name)
    return known !== undefined && !fits(column, known)
  })
  if (strange.length === 0) return { ...found, table: asKnown(found.table, as) }
  // Written otherwise than it was: then it is read by what it shows itself.
  const names = strange.map(({ name }) => name)
  const others = new Map([...as].filter(([name]) => !names.includes(name)))
  const again = await readOnce({ ...options, as: others })
  const notes = names.map(
    (name) => `'${name}' is not written as in the training data; it was read by its own format.`,
  )
  return { table: asKnown(again.table, as), notes: [...again.notes, ...notes] }
}

async function readOnce(options: ReadTableOptions): Promise<ReadTableResult> {
  return withDatabase(async (connection) => {
    const notes: string[] = []
    const source = 'sql' in options ? options.sql : options.source
    if (options.only) await spillToDisk(connection)
    const loaded =
      'sql' in options
        ? await loadQuery(connection, options.sql)
        : await loadFiles(connection, options.source, options, notes)
    const table = await takeLoaded(connection, source, notes, loaded, {
      hints: hintsOf(options.csv),
      as: options.as,
      only: options.only,
    })
    if ('source' in options) describeTexts(table, notes, options.as)
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

/** Notes what is odd about columns of text, where it is not told yet. */
function describeTexts({ columns }: Table, notes: string[], as: KnownColumns = nothingKnown): void {
  for (const column of columns) {
    if (column.kind !== 'text' || as.has(column.name)) continue
    const why = `'${column.name}' was read as text:`
    const isTold = notes.some((note) => note.startsWith(why))
    notes.push(...describeText(column).filter((note) => !isTold || !note.startsWith(why)))
  }
}
