import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { ScorefieldError } from '../../base/index.ts'
import { appendTable } from './append.node.ts'
import { duckdb, explainDuckError, identifier, literal, withDatabase } from './duckdb.node.ts'
import { formatOfName, type TableFormat, writtenFormats } from './formats.ts'
import { firstRow, placeOf } from './loaded.node.ts'
import { isInteger, isNested, storedType } from './stored-type.ts'
import type { Calendar, Column, Table } from './table.ts'
import { cellWriter, tableText } from './text.ts'

/**
 * What a table is written to of a stream of Node: standard output, an answer to a request, any `Writable`. Told by its members,
 * so that a program without the types of Node compiles.
 */
export interface TextStream {
  readonly destroyed: boolean
  readonly errored: Error | null
  /** False once the stream has enough for now; the event `drain` says when it takes more. */
  write(piece: string): boolean
  once(event: string, listener: (error?: Error | null) => void): TextStream
  off(event: string, listener: (error?: Error | null) => void): TextStream
}

/** Where a table goes: a file, whose ending says the format unless it is told, or a stream (standard output, an answer to a request). */
export type TableTarget =
  | { readonly path: string; readonly format?: TableFormat }
  | { readonly stream: TextStream; readonly format: TableFormat }

/**
 * Writes a table as CSV, TSV, JSON, JSON lines or Parquet.
 *
 * A file appears whole or not at all: it is written aside, then renamed. A stream is left open. Returns what a person should
 * know of columns that are not stored as their source had them, one sentence each.
 * Throws `data/unknown-format`, `data/cannot-write`, `data/duckdb-missing`.
 */
export async function writeTable(table: Table, target: TableTarget): Promise<readonly string[]> {
  if ('stream' in target) {
    await writeText(table, target.format, target.stream)
    return []
  }
  const format = target.format ?? formatToWrite(target.path)
  const aside = `${target.path}.partial`
  try {
    const notes = format.name === 'parquet' ? await writeParquet(table, aside) : []
    if (format.name !== 'parquet') await writeTextFile(table, format, aside)
    await rename(aside, target.path)
    return notes
  } catch (error) {
    await rm(aside, { force: true })
    if (error instanceof ScorefieldError) throw error
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/cannot-write',
      message: `${target.path} could not be written: ${explainDuckError(error).message}`,
      where: target.path,
      hint: 'Check that the folder is there, that you may write to it, and that the disk has room.',
      cause: error,
    })
  }
}

/** The format that the name of a file to be written says; throws `data/unknown-format`. */
export function formatToWrite(path: string): TableFormat {
  const format = formatOfName(path)
  if (format !== undefined && !format.isOnlyRead && !path.toLowerCase().endsWith('.gz')) return format
  throw new ScorefieldError({
    kind: 'usage',
    code: 'data/unknown-format',
    message: format?.isOnlyRead
      ? `${path} cannot be written: ${format.name} is read only.`
      : `${path} does not say in which format to write.`,
    where: path,
    hint: `End the name in ${writtenFormats.map(({ extensions }) => extensions[0]).join(', ')}.`,
  })
}

/** Makes sure, before the work, that a table can be written in this format. Throws `data/duckdb-missing`. */
export async function requireWriter(format: TableFormat): Promise<void> {
  if (format.name === 'parquet') await duckdb()
}

async function writeTextFile(table: Table, format: TableFormat, path: string): Promise<void> {
  const stream = createWriteStream(path)
  const closed = finished(stream)
  try {
    await Promise.race([writeText(table, format, stream), closed])
    stream.end()
    await closed
  } catch (error) {
    stream.destroy()
    await closed.catch(() => undefined)
    throw error
  }
}

async function writeText(table: Table, format: TableFormat, stream: TextStream): Promise<void> {
  for (const piece of tableText(table, format)) {
    if (!stream.write(piece)) await drained(stream)
  }
}

/** Settles when the stream takes more, or fails. */
function drained(stream: TextStream): Promise<void> {
  if (stream.destroyed) return Promise.reject(stream.errored ?? new Error('the stream was closed'))
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      stream.off('drain', settle).off('error', settle).off('close', onClose)
      if (error) reject(error)
      else resolve()
    }
    const onClose = (): void => settle(stream.errored ?? new Error('the stream was closed'))
    stream.once('drain', settle).once('error', settle).once('close', onClose)
  })
}

/** Writes Parquet; returns what a person should know of columns that are not stored as their source had them. */
async function writeParquet(given: Table, path: string): Promise<readonly string[]> {
  const table = { ...given, columns: given.columns.map(asStored) }
  const { names, notes } = parquetNames(table)
  await withDatabase(async (connection) => {
    await appendTable(connection, table, 'written')
    const wished = table.columns.map(storedAs)
    const failures = await failuresOf(connection, table, wished)
    const selected = table.columns.map((column, place) => {
      const { type, sql } = wished[place]!
      const isKept = sql === undefined || failures[place] === 0
      if (!isKept)
        notes.push(
          `'${column.name}' is stored as ${column.kind === 'number' ? 'DOUBLE' : 'VARCHAR'}: ${failures[place]} of its values do not fit ${type}.`,
        )
      return `${isKept ? (sql ?? placeOf(place)) : placeOf(place)} as ${identifier(names[place]!)}`
    })
    await connection.run(
      `copy (select ${selected.join(', ')} from written) to ${literal(path)} (format parquet)`,
    )
  })
  return notes
}

/**
 * A column as Parquet holds it in the type of its source: numbers and moments that were read from text are text again, and days
 * of whole numbers, 20201231, such numbers.
 */
function asStored(column: Column): Column {
  const write = column.kind === 'number' ? cellWriter(column) : undefined
  if (column.kind === 'text' || write === undefined) return column
  const { name, type, calendar } = column
  const cells = Array.from(column.values, (value) => (Number.isNaN(value) ? null : write(value)))
  if (calendar && isInteger(type)) {
    const values = Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)))
    return { kind: 'number', name, type, values, decimals: 0 }
  }
  return calendar && type !== 'VARCHAR' ? column : { kind: 'text', name, type: 'VARCHAR', values: cells }
}

/** Names that Parquet's readers and writers tell apart, for many of them, DuckDB too, do not look at case. */
function parquetNames({ columns }: Table): { names: string[]; notes: string[] } {
  const taken = new Set<string>()
  const notes: string[] = []
  const names = columns.map(({ name }, place) => {
    if (columns.findIndex((other) => other.name === name) < place)
      throw new Error(`two columns are called '${name}'`)
    let own = name
    for (let number = 1; taken.has(own.toLowerCase()); number++) own = `${name}_${number}`
    taken.add(own.toLowerCase())
    if (own !== name)
      notes.push(`'${name}' is called '${own}' in the file, where names must differ by more than case.`)
    return own
  })
  return { names, notes }
}

/** How a column is stored: the type, and the SQL that makes it of what is held; undefined where it stays as it is held. */
function storedAs(column: Column, place: number): { readonly type?: string; readonly sql?: string } {
  const held = placeOf(place)
  if (column.kind === 'number' && column.calendar) {
    const moment = momentOf(held, column.calendar)
    if (column.type === 'TIMESTAMP WITH TIME ZONE')
      return { type: column.type, sql: `make_timestamptz(round(${held} * 1e6)::bigint)` }
    return /^TIMESTAMP_(S|MS|NS)$/.test(column.type)
      ? { type: column.type, sql: `(${moment})::${column.type}` }
      : { type: column.type, sql: moment }
  }
  const type = storedType(column)
  if (type === undefined) return {}
  const from = column.kind === 'text' && isNested(type) ? `${held}::json` : held
  return { type, sql: `try_cast(${from} as ${type})` }
}

/** Of each column how many values its stored type cannot hold. */
async function failuresOf(
  connection: DuckDBConnection,
  { columns }: Table,
  wished: readonly { readonly sql?: string }[],
): Promise<number[]> {
  const terms = columns.map((column, place) => {
    const { sql } = wished[place]!
    if (sql === undefined) return '0'
    // A cast to a whole number would round.
    const isRounded =
      column.kind === 'number' && isInteger(column.type)
        ? ` or ${placeOf(place)} <> round(${placeOf(place)})`
        : ''
    return `count_if(${placeOf(place)} is not null and (${sql} is null${isRounded}))`
  })
  return (await firstRow(connection, `select ${terms.join(', ')} from written`)).map(Number)
}

/** SQL that turns a count of days or seconds back into a date, timestamp or time. */
export function momentOf(name: string, { unit }: Calendar): string {
  const microseconds = `round(${name} * 1e6)::bigint`
  if (unit === 'date') return `date '1970-01-01' + round(${name})::integer`
  return unit === 'time'
    ? `time '00:00:00' + to_microseconds(${microseconds})`
    : `make_timestamp(${microseconds})`
}
