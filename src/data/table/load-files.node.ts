import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { ScorefieldError } from '../../base/index.ts'
import {
  type CsvOptions,
  countEmptyLines,
  csvRelation,
  describeDialect,
  type OpenedCsv,
  openCsv,
} from './csv/csv.node.ts'
import { type ColumnNames, columnNames, describeNames, numberedName } from './csv/names.ts'
import { typeCells } from './csv/types.node.ts'
import { loadExcel } from './excel/load-excel.node.ts'
import type { KnownColumns } from './known-column.ts'
import { loadSelfDescribing } from './load-self-describing.node.ts'
import { firstRow, type Loaded, loadedAs, placesOf } from './loaded.node.ts'
import { orderOf } from './order-of.ts'
import { emptyFile, findFiles } from './source.node.ts'
import { unreadable } from './unreadable.node.ts'

/** Formats that say themselves how they are written; others are separated text. */
const selfDescribing: readonly string[] = ['parquet', 'json', 'jsonl']

/** What is told of files that are read; what is left out is found by looking at them. */
export interface FileOptions {
  /** How separated text is written; of Excel files, `header` and `gaps`. */
  readonly csv?: CsvOptions | undefined
  /** The sheet of an Excel file; the first that has cells unless told. */
  readonly sheet?: string | undefined
  /** How columns were read once; they are read the same way, where they have the same names. */
  readonly as?: KnownColumns | undefined
  /** The columns that are wanted, where it is not all of them: a large table is held by the database, and these alone in memory. */
  readonly only?: readonly string[] | undefined
}

/** Loads files as the table `loaded` of the database. Throws as `readTable`. */
export async function loadFiles(
  connection: DuckDBConnection,
  source: string,
  { csv = {}, sheet, as, only }: FileOptions,
  notes: string[],
): Promise<Loaded> {
  const { paths, format } = await findFiles(connection, source)
  if (sheet !== undefined && format.name !== 'xlsx') throw noSheets(source, sheet)
  try {
    if (selfDescribing.includes(format.name))
      return await loadSelfDescribing(
        connection,
        { source, paths, format, isPart: only !== undefined },
        notes,
      )
    if (format.name === 'xlsx') return await loadExcel(connection, { source, paths, sheet, csv, as }, notes)
    return await loadSeparated(connection, { source, paths, told: csv, as }, notes)
  } catch (error) {
    throw unreadable(error, source)
  }
}

function noSheets(source: string, sheet: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'data/no-such-sheet',
    message: `${source} has no sheets, so none is called '${sheet}'; only Excel files have some.`,
    where: source,
    hint: 'Leave out data.sheet.',
  })
}

interface Separated {
  readonly source: string
  readonly paths: readonly string[]
  readonly told: CsvOptions
  readonly as: KnownColumns | undefined
}

async function loadSeparated(
  connection: DuckDBConnection,
  separated: Separated,
  notes: string[],
): Promise<Loaded> {
  const folder = await mkdtemp(join(tmpdir(), 'scorefield-'))
  try {
    const names = await loadRaw(connection, { ...separated, folder }, notes)
    const loaded = loadedAs(names, { isUntyped: true })
    await typeCells(connection, loaded, separated.told, notes, { as: separated.as })
    return loaded
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Loads the cells of all files as the table `raw`, as text; returns the names of the columns. */
async function loadRaw(
  connection: DuckDBConnection,
  { source, paths, told, folder }: Separated & { readonly folder: string },
  notes: string[],
): Promise<readonly string[]> {
  let all: ColumnNames | undefined
  for (const path of paths) {
    const file = await openCsv(path, told, { folder })
    if (file.isEmpty) continue
    const own = namesOf(file)
    const order = all === undefined ? undefined : orderOf(own.names, all.names, path, source)
    await insertRaw(connection, file, order).catch(async (error) => {
      // DuckDB gives up on line ends of several kinds; those at the beginning were seen before.
      if (!/state machine reached an invalid/.test(String(error))) throw error
      await insertRaw(connection, await openCsv(path, told, { folder, isMixed: true }), order)
    })
    notes.push(...describeDialect(file, path, await countEmptyLines(file)))
    if (all === undefined) {
      all = own
      const counted = paths.length === 1 && (await isCountLine(connection, file))
      if (counted) all = columnNames(own.names.map((_, index) => numberedName(index, own.names.length)))
      notes.push(...describeHeader(file, path, own, counted, told))
    }
  }
  if (all === undefined) throw emptyFile(source)
  return all.names
}

function namesOf({ dialect }: OpenedCsv): ColumnNames {
  const { header, width } = dialect
  return columnNames(header ?? Array.from({ length: width }, (_, index) => numberedName(index, width)))
}

async function insertRaw(
  connection: DuckDBConnection,
  file: OpenedCsv,
  order: readonly number[] | undefined,
): Promise<void> {
  const { width } = file.dialect
  const columns = order === undefined ? placesOf(width) : order.map((place) => `"${place}"`).join(', ')
  const isThere = await connection.run('from raw limit 0').then(
    () => true,
    () => false,
  )
  await connection.run(
    `${isThere ? 'insert into raw' : 'create temp table raw as'} select ${columns} from ${csvRelation(file)}`,
  )
}

/**
 * Whether the first line counts the table instead of naming its columns: `150,4,setosa,versicolor,virginica` above 150
 * rows of 4 numbers and a class, as scikit-learn keeps its tables.
 */
async function isCountLine(connection: DuckDBConnection, { dialect }: OpenedCsv): Promise<boolean> {
  const { header, width } = dialect
  if (header === undefined || Number(header[1]) !== width - 1) return false
  return Number(header[0]) === Number((await firstRow(connection, 'select count(*) from raw'))[0])
}

/** What a person should know about how the line of names was taken. */
function describeHeader(
  { dialect }: OpenedCsv,
  path: string,
  own: ColumnNames,
  isCount: boolean,
  told: CsvOptions,
): string[] {
  const { names } = own
  if (isCount)
    return [
      `The first line of ${path} counts the table (${names.join(', ')}) and was left out; columns are named ${numberedName(0, names.length)}, ${numberedName(1, names.length)}, and so on.`,
    ]
  if (dialect.header === undefined)
    return [
      `${path} has no line of column names; columns are named ${names[0]}, ${names[1] ?? '…'}, and so on.`,
    ]
  const notes = describeNames(own)
  const numbers = names.filter((name) => Number.isFinite(Number(name)))
  if (told.header !== true && numbers.length > 0)
    notes.push(
      `The first line of ${path} was taken as column names, though some look like numbers (${numbers.slice(0, 3).join(', ')}).`,
    )
  return notes
}
