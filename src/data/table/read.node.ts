import type { DuckDBConnection } from '@duckdb/node-api'
import { ScorefieldError } from '../../engine/error.ts'
import { isoFormatOf, isoFormats } from './calendar.ts'
import {
  type CsvOptions,
  type CsvShape,
  csvRelation,
  describeFirstLine,
  isCountLine,
  sniffCsv,
} from './csv.node.ts'
import { decimalsNeeded } from './decimals.ts'
import { describeText, withoutLeadingBlanks } from './describe-text.ts'
import { explainDuckError, identifier, withDatabase } from './duckdb.node.ts'
import type { TableFormat } from './formats.ts'
import { loadQuery } from './query.node.ts'
import { emptyFile, findFiles, pathList } from './source.node.ts'
import type { Calendar, Column, NumberColumn, Table } from './table.ts'

export type ReadTableOptions = ({ readonly source: string } | { readonly sql: string }) & {
  /** How to read separated text; what is left out is found by looking at the file. */
  readonly csv?: CsvOptions
}

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
    const formats: Formats = {}
    if ('sql' in options) await loadQuery(connection, options.sql)
    else await loadFiles(connection, options.source, options.csv ?? {}, notes, formats)
    const loaded = await takeLoaded(connection, source, notes, formats)
    const table = 'sql' in options ? loaded : tidied(loaded, notes)
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

/** The table of a file without the blanks of a separator that is followed by one; notes what is odd about text. */
function tidied(table: Table, notes: string[]): Table {
  const trimmed: string[] = []
  const columns = table.columns.map((column) => {
    const bare = column.kind === 'text' ? withoutLeadingBlanks(column) : undefined
    if (bare) trimmed.push(column.name)
    return bare ?? column
  })
  if (trimmed.length > 0) notes.push(`The blank before every cell was left out in ${trimmed.join(', ')}.`)
  for (const column of columns) if (column.kind === 'text') notes.push(...describeText(column))
  return { ...table, columns }
}

/** How the cells of date and time columns are written, by column name; ISO where nothing is said. */
type Formats = Record<string, string>

async function loadFiles(
  connection: DuckDBConnection,
  source: string,
  options: CsvOptions,
  notes: string[],
  formats: Formats,
): Promise<void> {
  const { paths, format } = await findFiles(connection, source)
  const load = (relation: string): Promise<unknown> =>
    connection.run(`create or replace temp table loaded as select * from ${relation}`)
  try {
    if (!selfDescribing.includes(format.name)) {
      const shape = await sniffCsv(connection, paths[0]!, options)
      await load(csvRelation(paths, options))
      if (paths.length === 1 && isCountLine(shape, (await fullness(connection)).rows)) {
        await load(csvRelation(paths, { ...options, header: false }, ', skip = 1'))
        notes.push(
          `The first line of ${paths[0]} counts the table (${shape.names.join(', ')}) and was left out; columns are named column0, column1, and so on.`,
        )
      } else notes.push(...describeFirstLine(shape, paths[0]!))
      await findFormats(connection, paths, shape, notes, formats)
    } else await load(otherRelation(paths, format))
  } catch (error) {
    throw unreadable(error, source)
  }
  const { rows, columns, filled } = await fullness(connection)
  if (rows <= 1 && columns === 1 && filled === 0 && format.name !== 'parquet') throw emptyFile(source)
}

/** Formats that say themselves how they are written; others are separated text. */
const selfDescribing: readonly string[] = ['parquet', 'json', 'jsonl']

/** The SQL that yields the rows of files in a self-describing format. */
function otherRelation(paths: readonly string[], format: TableFormat): string {
  if (format.name === 'parquet') return `read_parquet(${pathList(paths)})`
  const how = format.name === 'jsonl' ? ", format = 'newline_delimited'" : ''
  return `read_json(${pathList(paths)}${how}, sample_size = -1)`
}

const momentType = /^(DATE|TIME|TIMESTAMP)/

/** Finds out how each date or time column of separated text is written. */
async function findFormats(
  connection: DuckDBConnection,
  paths: readonly string[],
  shape: CsvShape,
  notes: string[],
  formats: Formats,
): Promise<void> {
  const described = await connection.runAndReadAll('describe loaded')
  const moments = described
    .getRows()
    .map(([name, type]) => ({ name: String(name), type: String(type) }))
    .filter(({ type }) => momentType.test(type))
  if (moments.length === 0) return
  const raw = csvRelation(paths, shape.options, ', all_varchar = true')
  for (const { name, type } of moments) {
    const told = type === 'DATE' ? shape.dateFormat : type === 'TIME' ? undefined : shape.timestampFormat
    const quoted = identifier(name)
    const first = await connection
      .runAndReadAll(`select ${quoted} from ${raw} where ${quoted} is not null limit 1`)
      .then((answer) => answer.getRows()[0]?.[0])
      // A name that differs in the text form only costs the format, which is then ISO.
      .catch(() => undefined)
    formats[name] = told ?? isoFormatOf(String(first ?? ''))
    if (told && /^%[dm].%[dm]/.test(told) && type === 'DATE')
      await noteAmbiguity(connection, name, told, notes)
  }
}

/** Notes where a date could be read in two orders: no day is above 12. */
async function noteAmbiguity(
  connection: DuckDBConnection,
  name: string,
  format: string,
  notes: string[],
): Promise<void> {
  const answer = await connection.runAndReadAll(`select max(day(${identifier(name)})) from loaded`)
  if (Number(answer.getRows()[0]![0]) <= 12)
    notes.push(
      `'${name}' was read as ${format === '%m/%d/%Y' ? 'month first' : 'day first'} (${format}); no day is above 12, so it could be the other way round.`,
    )
}

async function fullness(
  connection: DuckDBConnection,
): Promise<{ rows: number; columns: number; filled: number }> {
  const described = await connection.runAndReadAll('describe loaded')
  const first = identifier(String(described.getRows()[0]![0]))
  const counted = await connection.runAndReadAll(`select count(*), count(${first}) from loaded`)
  const [rows, filled] = counted.getRows()[0]!.map(Number) as [number, number]
  return { rows, columns: described.currentRowCount, filled }
}

function unreadable(error: unknown, source: string): ScorefieldError {
  if (error instanceof ScorefieldError) return error
  const { message, line } = explainDuckError(error)
  const where = line === undefined ? source : `${source}, line ${line}`
  if (/not utf-8|invalid unicode/i.test(message)) {
    return new ScorefieldError({
      kind: 'data',
      code: 'data/encoding',
      message: `${source} is not UTF-8 text.`,
      where,
      hint: `Say how it is encoded ('latin-1' or 'utf-16'), or save it as UTF-8.`,
      cause: error,
    })
  }
  if (/expected number of columns/i.test(message)) {
    return new ScorefieldError({
      kind: 'data',
      code: 'data/ragged-row',
      message: `A row of ${source} has another number of cells than the others: ${message}`,
      where,
      hint: 'Quote cells that contain the separator, or repair the line.',
      cause: error,
    })
  }
  if (/schema mismatch/i.test(message)) {
    return new ScorefieldError({
      kind: 'data',
      code: 'data/columns-differ',
      message: `The files of ${source} have different columns: ${message}`,
      where,
      hint: `Name files of the same columns, or join them by a query with union_by_name.`,
      cause: error,
    })
  }
  return new ScorefieldError({
    kind: 'data',
    code: 'data/unreadable',
    message: `${source} could not be read: ${message}`,
    where,
    hint: 'Check that the file is whole and that its ending (.csv, .tsv, .parquet, .json) says what it is.',
    cause: error,
  })
}

const numericType = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BIGNUM)$/

/** SQL that gives the days or seconds of column `name` as float64, gaps and infinities as NaN. */
function asMoment(name: string, unit: Calendar['unit']): string {
  const value = unit === 'date' ? `(${name} - date '1970-01-01')::double` : `epoch_us(${name})::double / 1e6`
  const finite = unit === 'time' ? 'true' : `isfinite(${name})`
  return `coalesce(if(${finite}, ${value}, 'nan'::double), 'nan'::double)`
}

/** What a column of this type counts, if it is one of days or times. */
function unitOf(type: string): Calendar['unit'] | undefined {
  if (type === 'DATE') return 'date'
  if (type === 'TIME') return 'time'
  return type.startsWith('TIMESTAMP') ? 'timestamp' : undefined
}

/** SQL that gives column `name` of a numeric type as float64, gaps and infinities as NaN. */
function asDouble(name: string, type: string): string {
  // A 32-bit float is taken by its shortest decimal form, so that 0.1 stays 0.1.
  const value = type === 'FLOAT' ? `${name}::varchar::double` : `${name}::double`
  return `coalesce(if(isinf(${value}), 'nan'::double, ${value}), 'nan'::double)`
}

/** Takes the table `loaded` out of the database, chunk by chunk and column by column. */
async function takeLoaded(
  connection: DuckDBConnection,
  source: string,
  notes: string[],
  formats: Formats,
): Promise<Table> {
  const described = await connection.runAndReadAll('describe loaded')
  const fields = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }))
  const rowCount = Number((await connection.runAndReadAll('select count(*) from loaded')).getRows()[0]![0])
  const selected = fields.map(({ name, type }) => {
    const unit = unitOf(type)
    if (unit) {
      // A moment with a time zone is taken in UTC; a cast would take it in the zone of this machine.
      const isPlain = unit !== 'timestamp' || type.includes('TIME ZONE')
      return asMoment(isPlain ? identifier(name) : `${identifier(name)}::timestamp`, unit)
    }
    return numericType.test(type) ? asDouble(identifier(name), type) : `${identifier(name)}::varchar`
  })
  const values = fields.map(({ type }) =>
    numericType.test(type) || unitOf(type)
      ? new Float64Array(rowCount)
      : new Array<string | null>(rowCount).fill(null),
  )

  const result = await connection.stream(`select ${selected.join(', ')} from loaded`)
  let offset = 0
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (const [index, target] of values.entries()) {
      const vector = chunk.getColumnVector(index)
      for (let row = 0; row < chunk.rowCount; row++) {
        const value = vector.getItem(row)
        if (value !== null) target[offset + row] = value as never
      }
    }
    offset += chunk.rowCount
  }

  await noteLostDigits(connection, fields, notes)
  const columns = fields.map(({ name, type }, index): Column => {
    const held = values[index]!
    if (!(held instanceof Float64Array)) return { kind: 'text', name, type, values: held }
    const unit = unitOf(type)
    const calendar = unit && { unit, format: formats[name] ?? isoFormats[unit] }
    return {
      kind: 'number',
      name,
      type,
      values: held,
      decimals: decimalsNeeded(held),
      ...(calendar ? { calendar } : {}),
    } satisfies NumberColumn
  })
  return { rowCount, columns, source }
}

/** Notes what float64 cannot hold: integers beyond 2^53, and infinities, which are taken as gaps. */
async function noteLostDigits(
  connection: DuckDBConnection,
  fields: readonly { name: string; type: string }[],
  notes: string[],
): Promise<void> {
  const checks = fields.flatMap(({ name, type }) => {
    const quoted = identifier(name)
    if (/^(FLOAT|DOUBLE)$/.test(type)) {
      return [
        {
          count: `count(*) filter (isinf(${quoted}))`,
          say: `Infinite values of '${name}' are taken as gaps`,
        },
      ]
    }
    if (!/^(U?(BIG|HUGE)INT|DECIMAL\(.*\)|BIGNUM)$/.test(type)) return []
    const large = `count(*) filter (abs(${quoted}::double) > 9007199254740991)`
    return [{ count: large, say: `Values of '${name}' beyond 2^53 lose their last digits` }]
  })
  if (checks.length === 0) return
  const counted = await connection.runAndReadAll(
    `select ${checks.map(({ count }) => count).join(', ')} from loaded`,
  )
  for (const [index, count] of counted.getRows()[0]!.entries()) {
    if (Number(count) > 0) notes.push(`${checks[index]!.say}: ${count}.`)
  }
}
