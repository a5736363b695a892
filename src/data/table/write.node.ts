import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ScorefieldError } from '../../engine/error.ts'
import { appendTable } from './append.node.ts'
import { explainDuckError, identifier, literal, withDatabase } from './duckdb.node.ts'
import { formatOfName, type TableFormat, tableFormats } from './formats.ts'
import type { Calendar, Column, Table } from './table.ts'
import { cellWriter, tableText } from './text.ts'

/** Where a table goes: a file, whose ending says the format, or a stream (standard output, an answer to a request). */
export type TableTarget =
  | { readonly path: string }
  | { readonly stream: Writable; readonly format: TableFormat }

/**
 * Writes a table as CSV, TSV, JSON, JSON lines or Parquet.
 *
 * A file appears whole or not at all: it is written aside, then renamed. A stream is left open.
 * Throws `data/unknown-format`, `data/cannot-write`.
 */
export async function writeTable(table: Table, target: TableTarget): Promise<void> {
  if ('stream' in target) {
    await writeText(table, target.format, target.stream)
    return
  }
  const format = formatToWrite(target.path)
  const aside = `${target.path}.partial`
  try {
    if (format.name === 'parquet') await writeParquet(table, aside)
    else await writeTextFile(table, format, aside)
    await rename(aside, target.path)
  } catch (error) {
    await rm(aside, { force: true })
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
  if (format !== undefined && !path.toLowerCase().endsWith('.gz')) return format
  throw new ScorefieldError({
    kind: 'usage',
    code: 'data/unknown-format',
    message: `${path} does not say in which format to write.`,
    where: path,
    hint: `End the name in ${tableFormats.map(({ extensions }) => extensions[0]).join(', ')}.`,
  })
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

async function writeText(table: Table, format: TableFormat, stream: Writable): Promise<void> {
  for (const piece of tableText(table, format)) {
    if (!stream.write(piece)) await drained(stream)
  }
}

/** Settles when the stream takes more, or fails. */
function drained(stream: Writable): Promise<void> {
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

async function writeParquet(given: Table, path: string): Promise<void> {
  const table = { ...given, columns: given.columns.map(asStored) }
  await withDatabase(async (connection) => {
    await appendTable(connection, table, 'written')
    const lossy = await columnsThatDoNotFit(table, async (sql) => {
      const result = await connection.runAndReadAll(sql)
      return result.getRows()[0]!.map(Number)
    })
    const selected = table.columns.map((column) => {
      const name = identifier(column.name)
      if (column.kind === 'number' && column.calendar) return `${momentOf(name, column.calendar)} as ${name}`
      const type = lossy.has(column.name) ? undefined : columnType(column)
      return type === undefined ? name : `${name}::${type} as ${name}`
    })
    await connection.run(
      `copy (select ${selected.join(', ')} from written) to ${literal(path)} (format parquet)`,
    )
  })
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
  if (calendar && integerType.test(type)) {
    const values = Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)))
    return { kind: 'number', name, type, values, decimals: 0 }
  }
  return calendar && type !== 'VARCHAR' ? column : { kind: 'text', name, type: 'VARCHAR', values: cells }
}

/** SQL that turns a count of days or seconds back into a date, timestamp or time. */
export function momentOf(name: string, { unit }: Calendar): string {
  const microseconds = `round(${name} * 1e6)::bigint`
  if (unit === 'date') return `date '1970-01-01' + round(${name})::integer`
  return unit === 'time'
    ? `time '00:00:00' + to_microseconds(${microseconds})`
    : `make_timestamp(${microseconds})`
}

const integerType = /^U?(TINY|SMALL|BIG)?INT(EGER)?$/
const sourceType = /^(FLOAT|DECIMAL\(\d+,\d+\)|DATE|TIME|TIMESTAMP|BOOLEAN)$/

/** The source's type of a column, if it can be given back; HUGEINT and nested types come as they are held. */
function columnType({ type }: Column): string | undefined {
  return integerType.test(type) || sourceType.test(type) ? type : undefined
}

/** Names of the columns with a value that their source's type cannot hold; they keep the type they are held in. */
async function columnsThatDoNotFit(
  table: Table,
  ask: (sql: string) => Promise<number[]>,
): Promise<Set<string>> {
  const fractional = table.columns.filter((column) => {
    return column.kind === 'number' && integerType.test(column.type) && column.values.some(isFraction)
  })
  const typed = table.columns.filter(
    (column) => columnType(column) !== undefined && !(column.kind === 'number' && column.calendar),
  )
  const names = new Set(fractional.map(({ name }) => name))
  if (typed.length === 0) return names
  const counts = typed.map((column) => {
    const name = identifier(column.name)
    return `count(*) filter (${name} is not null and try_cast(${name} as ${columnType(column)}) is null)`
  })
  const failures = await ask(`select ${counts.join(', ')} from written`)
  for (const [index, column] of typed.entries()) if (failures[index]! > 0) names.add(column.name)
  return names
}

function isFraction(value: number): boolean {
  return !Number.isNaN(value) && !Number.isInteger(value)
}
