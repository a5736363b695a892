import { open } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { ScorefieldError } from '../../engine/error.ts'
import { type CsvOptions, csvRelation, describeFirstLine, isCountLine, sniffCsv } from './csv.node.ts'
import { explainDuckError, identifier, literal } from './duckdb.node.ts'
import type { TableFormat } from './formats.ts'
import { emptyFile, findFiles, pathList } from './source.node.ts'

/** Loads files as the table `loaded` of the database; says whether they are separated text. Throws as `readTable`. */
export async function loadFiles(
  connection: DuckDBConnection,
  source: string,
  told: CsvOptions,
  notes: string[],
): Promise<boolean> {
  const { paths, format } = await findFiles(connection, source)
  const isSeparated = !selfDescribing.includes(format.name)
  const load = (relation: string): Promise<unknown> =>
    connection.run(`create or replace temp table loaded as select * from ${relation}`)
  try {
    if (isSeparated) {
      const options = { ...(await encodingByMark(paths[0]!)), ...told }
      const shape = await sniffCsv(connection, paths[0]!, options)
      const header = options.header ?? shape.hasHeader
      await load(csvRelation(paths, { ...options, header }, asText(shape.moments, shape.names)))
      if (paths.length === 1 && isCountLine(shape, (await fullness(connection)).rows)) {
        const numbered = shape.names.map((_, place) => `column${place}`)
        await load(
          csvRelation(paths, { ...options, header: false }, `, skip = 1${asText(shape.moments, numbered)}`),
        )
        notes.push(
          `The first line of ${paths[0]} counts the table (${shape.names.join(', ')}) and was left out; columns are named column0, column1, and so on.`,
        )
      } else notes.push(...describeFirstLine(shape, paths[0]!))
    } else await load(otherRelation(paths, format))
  } catch (error) {
    throw unreadable(error, source)
  }
  const { rows, columns, filled, first } = await fullness(connection)
  const isBlank = columns === 1 && filled === 0 && (rows <= 1 || first === 'column0')
  if (isBlank && format.name !== 'parquet') throw emptyFile(source)
  return isSeparated
}

/** Formats that say themselves how they are written; others are separated text. */
const selfDescribing: readonly string[] = ['parquet', 'json', 'jsonl']

/** UTF-16 where the file begins with its byte-order mark; DuckDB reads the little end first only. */
async function encodingByMark(path: string): Promise<CsvOptions> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0)
    const mark = bytesRead < 2 ? 0 : buffer[0]! * 256 + buffer[1]!
    if (mark === 0xfeff)
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/encoding',
        message: `${path} is UTF-16 text with the big end first, which cannot be read.`,
        where: path,
        hint: 'Save it as UTF-8.',
      })
    return mark === 0xfffe ? { encoding: 'utf-16' } : {}
  } finally {
    await file.close()
  }
}

/** Arguments of read_csv that leave the columns at these places as the text that they are. */
function asText(places: readonly number[], names: readonly string[]): string {
  const types = places.map((place) => `${literal(names[place]!)}: 'VARCHAR'`)
  return types.length === 0 ? '' : `, types = {${types.join(', ')}}`
}

/** The SQL that yields the rows of files in a self-describing format. */
function otherRelation(paths: readonly string[], format: TableFormat): string {
  if (format.name === 'parquet') return `read_parquet(${pathList(paths)})`
  const how = format.name === 'jsonl' ? ", format = 'newline_delimited'" : ''
  return `read_json(${pathList(paths)}${how}, sample_size = -1)`
}

async function fullness(
  connection: DuckDBConnection,
): Promise<{ rows: number; columns: number; filled: number; first: string }> {
  const described = await connection.runAndReadAll('describe loaded')
  const first = String(described.getRows()[0]![0])
  const counted = await connection.runAndReadAll(`select count(*), count(${identifier(first)}) from loaded`)
  const [rows, filled] = counted.getRows()[0]!.map(Number) as [number, number]
  return { rows, columns: described.currentRowCount, filled, first }
}

/** The row of another width in words: its line, how many cells it has, and what stands there. */
function raggedRow(source: string, error: unknown): string | undefined {
  const said =
    /CSV Error on Line: (\d+)\s+Original Line: ([\s\S]*?)\s*Expected Number of Columns: (\d+) Found: (\d+)/.exec(
      String(error),
    )
  if (said === null) return undefined
  const [, line, text, others, cells] = said as unknown as [string, string, string, string, string]
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text
  return `Line ${line} of ${source} has ${cells} ${cells === '1' ? 'cell' : 'cells'}, the others ${others}: ${shown}`
}

/** What DuckDB said of files that it could not read, as an error for people. */
export function unreadable(error: unknown, source: string): ScorefieldError {
  if (error instanceof ScorefieldError) return error
  const { message, line } = explainDuckError(error)
  const where = line === undefined ? source : `${source}, line ${line}`
  if (/not utf-8|invalid unicode/i.test(message)) {
    return new ScorefieldError({
      kind: 'data',
      code: 'data/encoding',
      message: `${source} is not UTF-8 text.`,
      where,
      hint: 'Say how it is encoded: data.csv.encoding is latin-1 or utf-16 (--set data.csv.encoding=latin-1). Or save it as UTF-8.',
      cause: error,
    })
  }
  if (/expected number of columns/i.test(message)) {
    return new ScorefieldError({
      kind: 'data',
      code: 'data/ragged-row',
      message: raggedRow(source, error) ?? `A row of ${source} has another number of cells: ${message}`,
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
