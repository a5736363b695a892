import type { DuckDBConnection } from '@duckdb/node-api'
import { appendTable } from '../append.node.ts'
import type { CsvOptions } from '../csv/csv.node.ts'
import { isHeader } from '../csv/header.ts'
import { type ColumnNames, columnNames, describeNames, numberedName } from '../csv/names.ts'
import { typeCells } from '../csv/types.node.ts'
import type { KnownColumns } from '../known-column.ts'
import { type Loaded, loadedAs } from '../loaded.node.ts'
import { orderOf } from '../order-of.ts'
import { emptyFile } from '../source.node.ts'
import { type Cell, sheetColumn } from './cells.ts'
import { readSheet } from './workbook.node.ts'

/** Excel files to be read as one table, and what is told of them. */
export interface ExcelFiles {
  readonly source: string
  readonly paths: readonly string[]
  readonly sheet?: string | undefined
  readonly csv: CsvOptions
  readonly as?: KnownColumns | undefined
}

/** Rows that are looked at for whether the first one names the columns. */
const lookedAt = 1000

/**
 * Loads a sheet of each file as the table `loaded`. Columns of which all cells are text stay text; others become what their
 * cells are, with the words that mean a gap in separated text.
 */
export async function loadExcel(
  connection: DuckDBConnection,
  { source, paths, sheet, csv, as }: ExcelFiles,
  notes: string[],
): Promise<Loaded> {
  let names: readonly string[] | undefined
  const rows: (readonly Cell[])[] = []
  for (const path of paths) {
    const found = await readSheet(path, sheet, notes)
    if (found.rows.length === 0) continue
    const { own, below, isNamed } = withoutHeader(found.rows, csv)
    notes.push(...(isNamed ? describeNames(own) : [unnamedNote(path, own.names)]))
    const order = names === undefined ? undefined : orderOf(own.names, names, path, source)
    names ??= own.names
    for (const row of below) rows.push(order === undefined ? row : order.map((place) => row[place]!))
  }
  if (names === undefined) throw emptyFile(source)
  const columns = names.map((name, place) => ({ name, ...sheetColumn(rows.map((row) => row[place]!)) }))
  await appendTable(
    connection,
    {
      source,
      rowCount: rows.length,
      columns: columns.map(({ name, texts }) => ({ kind: 'text', name, type: 'VARCHAR', values: texts })),
    },
    'raw',
  )
  const places = (kind: string): number[] => columns.flatMap((one, k) => (one.kind === kind ? [k] : []))
  const loaded = loadedAs(names, { isUntyped: true })
  const { gaps } = csv
  await typeCells(connection, loaded, gaps === undefined ? {} : { gaps }, notes, {
    texts: new Set(places('text')),
    as,
  })
  for (const place of places('truth')) loaded.types.set(place, 'BOOLEAN')
  return loaded
}

/** The names of a sheet's columns, and the rows below them. */
function withoutHeader(
  rows: readonly (readonly Cell[])[],
  csv: CsvOptions,
): { readonly own: ColumnNames; readonly below: typeof rows; readonly isNamed: boolean } {
  const texts = rows.slice(0, lookedAt).map((row) => ({ cells: row.map(bareText) }))
  const isNamed = csv.header ?? isHeader(texts)
  const cells = texts[0]!.cells
  const own = columnNames(isNamed ? cells : cells.map((_, index) => numberedName(index, cells.length)))
  return { own, below: isNamed ? rows.slice(1) : rows, isNamed }
}

function bareText(cell: Cell): string {
  return sheetColumn([cell]).texts[0] ?? ''
}

function unnamedNote(path: string, names: readonly string[]): string {
  return `${path} has no row of column names; columns are named ${names[0]}, ${names[1] ?? '…'}, and so on.`
}
