import type { DuckDBConnection } from '@duckdb/node-api'
import { ScorefieldError } from '../../engine/error.ts'
import { type CsvOptions, type CsvShape, csvRelation, describeFirstLine, sniffCsv } from './csv.node.ts'
import { decimalsNeeded } from './decimals.ts'
import { explainDuckError, identifier, withDatabase } from './duckdb.node.ts'
import type { TableFormat } from './formats.ts'
import { emptyFile, findFiles, pathList } from './source.node.ts'
import type { Column, NumberColumn, Table } from './table.ts'

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
    if ('sql' in options) await loadQuery(connection, options.sql)
    else await loadFiles(connection, options.source, options.csv ?? {}, notes)
    const table = await takeLoaded(connection, source, notes)
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

async function loadQuery(connection: DuckDBConnection, sql: string): Promise<void> {
  try {
    const statements = await connection.extractStatements(sql)
    if (statements.count !== 1) throw new Error(`it holds ${statements.count} statements; one is needed`)
    await connection.run(`create temp table loaded as ${sql.replace(/[\s;]+$/, '')}`)
  } catch (error) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/sql',
      message: `The query could not be run: ${explainDuckError(error).message}`,
      where: sql,
      hint: `Give one SELECT; a file is named in single quotes: select a, b from 'x.parquet'.`,
      cause: error,
    })
  }
}

async function loadFiles(
  connection: DuckDBConnection,
  source: string,
  options: CsvOptions,
  notes: string[],
): Promise<void> {
  const { paths, format } = await findFiles(connection, source)
  try {
    await connection.run(
      `create temp table loaded as select * from ${await relation(connection, paths, format, options, notes)}`,
    )
  } catch (error) {
    throw unreadable(error, source)
  }
  const { rows, columns, filled } = await fullness(connection)
  if (rows <= 1 && columns === 1 && filled === 0 && format.name !== 'parquet') throw emptyFile(source)
}

/** The SQL that yields the rows of the files; what was found out about separated text goes into `notes`. */
async function relation(
  connection: DuckDBConnection,
  paths: readonly string[],
  format: TableFormat,
  options: CsvOptions,
  notes: string[],
): Promise<string> {
  if (format.name === 'parquet') return `read_parquet(${pathList(paths)})`
  if (format.name === 'json') return `read_json(${pathList(paths)}, sample_size = -1)`
  if (format.name === 'jsonl') {
    return `read_json(${pathList(paths)}, format = 'newline_delimited', sample_size = -1)`
  }
  const shape: CsvShape = await sniffCsv(connection, paths[0]!, options)
  notes.push(...describeFirstLine(shape, paths[0]!))
  return csvRelation(paths, shape.options)
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

/** SQL that gives column `name` of a numeric type as float64, gaps and infinities as NaN. */
function asDouble(name: string, type: string): string {
  // A 32-bit float is taken by its shortest decimal form, so that 0.1 stays 0.1.
  const value = type === 'FLOAT' ? `${name}::varchar::double` : `${name}::double`
  return `coalesce(if(isinf(${value}), 'nan'::double, ${value}), 'nan'::double)`
}

/** Takes the table `loaded` out of the database, chunk by chunk and column by column. */
async function takeLoaded(connection: DuckDBConnection, source: string, notes: string[]): Promise<Table> {
  const described = await connection.runAndReadAll('describe loaded')
  const fields = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }))
  const rowCount = Number((await connection.runAndReadAll('select count(*) from loaded')).getRows()[0]![0])
  const selected = fields.map(({ name, type }) => {
    return numericType.test(type) ? asDouble(identifier(name), type) : `${identifier(name)}::varchar`
  })
  const values = fields.map(({ type }) =>
    numericType.test(type) ? new Float64Array(rowCount) : new Array<string | null>(rowCount).fill(null),
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
    return { kind: 'number', name, type, values: held, decimals: decimalsNeeded(held) } satisfies NumberColumn
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
