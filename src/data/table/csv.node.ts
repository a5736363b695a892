import type { DuckDBConnection } from '@duckdb/node-api'
import { literal, pathPattern } from './duckdb.node.ts'
import { pathList } from './source.node.ts'

/** How separated text is written. What is left out is found by looking at the whole file. */
export interface CsvOptions {
  /** Whether the first line holds the names of the columns. */
  readonly header?: boolean
  /** What stands between two cells, for example `;` or a tab. */
  readonly delimiter?: string
  /** What stands before the fraction of a number: `.` unless told. */
  readonly decimalSeparator?: '.' | ','
  /** Cells that mean "nothing here", besides the empty one. */
  readonly gaps?: readonly string[]
  readonly encoding?: 'utf-8' | 'utf-16' | 'latin-1'
}

/** What was found out about a file of separated text. */
export interface CsvShape {
  readonly options: CsvOptions
  readonly hasHeader: boolean
  readonly skippedLines: number
  readonly names: readonly string[]
  /** Names as the file has them, where they had to be changed: those that are empty, or occur twice. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[]
  /** Places of the columns of days and times; their cells are taken as text, for each has a format of its own. */
  readonly moments: readonly number[]
}

/** How people write "nothing here" in a cell. */
export const usualGaps: readonly string[] = ['NA', 'N/A', 'n/a', 'NaN', 'nan', 'NULL', 'null', '?']

function csvArguments(options: CsvOptions): string {
  const gaps = (options.gaps ?? usualGaps).flatMap((gap) => [gap, ` ${gap}`])
  const parts = [
    `nullstr = [${['', ...gaps].map(literal).join(', ')}]`,
    // The whole file decides on types, so that text in row one million is no surprise.
    'sample_size = -1',
    // Truth values are left as the text that they are: 'T' stays 'T'.
    `auto_type_candidates = ['BIGINT', 'DOUBLE', 'DATE', 'TIME', 'TIMESTAMP', 'VARCHAR']`,
  ]
  if (options.header !== undefined) parts.push(`header = ${options.header}`)
  if (options.delimiter !== undefined) parts.push(`delim = ${literal(options.delimiter)}`)
  if (options.decimalSeparator !== undefined) {
    parts.push(`decimal_separator = ${literal(options.decimalSeparator)}`)
  }
  if (options.encoding !== undefined) parts.push(`encoding = ${literal(options.encoding)}`)
  return parts.join(', ')
}

/** The SQL that yields the rows of files of separated text; `more` are further arguments of read_csv. */
export function csvRelation(paths: readonly string[], options: CsvOptions, more = ''): string {
  return `read_csv(${pathList(paths)}, ${csvArguments(options)}${more})`
}

/**
 * Whether the first line counts the table instead of naming its columns: `150,4,setosa,versicolor,virginica` above 150
 * rows of 4 numbers and a class, as scikit-learn keeps its tables.
 */
export function isCountLine({ names, hasHeader }: CsvShape, rowCount: number): boolean {
  return hasHeader && Number(names[0]) === rowCount && Number(names[1]) === names.length - 1
}

/**
 * Finds out how a file of separated text is written.
 *
 * A row with a cell too many makes the usual separators impossible, and the look falls back to one wide column. Its name
 * gives that away; the file is then read by the separator seen in it, so that DuckDB reports the row. Or the look leaves out
 * all lines above that row, as if they were no table; where most of them have as many cells as each other, they are one.
 */
export async function sniffCsv(
  connection: DuckDBConnection,
  path: string,
  options: CsvOptions,
): Promise<CsvShape> {
  const sniffed = await connection.runAndReadAll(
    `select HasHeader, SkipRows, [c.name for c in Columns] as names, [c.type for c in Columns] as types, Delimiter
     from sniff_csv(${literal(pathPattern(path))}, ${csvArguments(options)})`,
  )
  const [hasHeader, skippedLines, names, types, delimiter] = sniffed.getRowsJS()[0] as [
    boolean,
    number,
    string[],
    string[],
    string,
  ]
  const separator = names.length === 1 ? /[,;\t|]/.exec(names[0]!)?.[0] : undefined
  if (separator !== undefined && options.delimiter === undefined) {
    const width = names[0]!.split(separator).length
    await requireEvenRows(connection, path, options, { delimiter: separator, width })
  }
  if (skippedLines >= fewestTableLines) {
    const width = await usualWidth(connection, path, options, { delimiter, lines: Number(skippedLines) })
    if (width > 1) await requireEvenRows(connection, path, options, { delimiter, width })
  }
  return {
    options,
    hasHeader,
    skippedLines: Number(skippedLines),
    names,
    renamed: hasHeader
      ? await renamedColumns(connection, path, { names, delimiter, options, skip: Number(skippedLines) })
      : [],
    moments: types.flatMap((type, place) => (/^(DATE|TIME)/.test(type) ? [place] : [])),
  }
}

/** The SQL that yields a file's lines as `width` cells of text, named 0, 1, …, and guesses nothing. */
function rawRelation(
  path: string,
  { encoding }: CsvOptions,
  {
    delimiter,
    width,
    more = `quote = '"', escape = '"'`,
  }: { readonly delimiter: string; readonly width: number; readonly more?: string },
): string {
  const columns = Array.from({ length: width }, (_, index) => `'${index}': 'VARCHAR'`).join(', ')
  const encoded = encoding === undefined ? '' : `, encoding = ${literal(encoding)}`
  return `read_csv(${pathList([path])}, auto_detect = false, header = false, delim = ${literal(delimiter)}, ${more},
    columns = {${columns}}${encoded})`
}

/** Compares names with the file's own first line. */
async function renamedColumns(
  connection: DuckDBConnection,
  path: string,
  {
    names,
    delimiter,
    options,
    skip,
  }: {
    readonly names: readonly string[]
    readonly delimiter: string
    readonly options: CsvOptions
    readonly skip: number
  },
): Promise<CsvShape['renamed']> {
  const relation = rawRelation(path, options, {
    delimiter,
    width: names.length,
    more: `skip = ${skip}, quote = '"', escape = '"'`,
  })
  const read = await connection
    .runAndReadAll(`from ${relation} limit 1`)
    // Only a remark depends on it.
    .catch(() => undefined)
  const written = (read?.getRows()[0] ?? []).map((cell) => String(cell ?? '').trim())
  return names.flatMap((to, index) => {
    const from = written[index]
    const isMend = from !== undefined && from !== to.trim() && (from === '' || written.indexOf(from) < index)
    return isMend ? [{ from, to }] : []
  })
}

/** Fewer lines above the rows are a title, or count the table. */
const fewestTableLines = 3

/** The number of cells that more than half of a file's first lines have; 0 where there is no such number. */
async function usualWidth(
  connection: DuckDBConnection,
  path: string,
  options: CsvOptions,
  { delimiter, lines }: { readonly delimiter: string; readonly lines: number },
): Promise<number> {
  // A delimiter that no text has: each line is one cell.
  const relation = rawRelation(path, options, {
    delimiter: '\x01',
    width: 1,
    more: "quote = '', escape = ''",
  })
  const read = await connection.runAndReadAll(
    `select count(*) as often, width
     from (select len(string_split("0", ${literal(delimiter)})) as width from (from ${relation} limit ${lines}))
     group by width order by often desc limit 1`,
  )
  const [often, width] = (read.getRowsJS()[0] ?? [0, 0]) as [number | bigint, number | bigint]
  return Number(often) > lines / 2 ? Number(width) : 0
}

/** Throws DuckDB's error that names the first line of more or fewer than `width` cells. */
async function requireEvenRows(
  connection: DuckDBConnection,
  path: string,
  options: CsvOptions,
  { delimiter, width }: { readonly delimiter: string; readonly width: number },
): Promise<void> {
  await connection.run(`select max("0") from ${rawRelation(path, options, { delimiter, width })}`)
}

/** What a person should know about how the first line was taken. */
export function describeFirstLine(shape: CsvShape, path: string): string[] {
  const notes: string[] = []
  if (shape.skippedLines > 0) {
    const lines = shape.skippedLines === 1 ? 'The first line' : `The first ${shape.skippedLines} lines`
    notes.push(
      `${lines} of ${path} did not fit the rows below and ${shape.skippedLines === 1 ? 'was' : 'were'} left out.`,
    )
  }
  if (shape.renamed.length > 0) {
    const shown = shape.renamed.slice(0, 3).map(({ from, to }) => `'${from}' is '${to}' here`)
    const more = shape.renamed.length > 3 ? `, and ${shape.renamed.length - 3} more` : ''
    notes.push(`Names of columns that are empty or occur twice were changed: ${shown.join(', ')}${more}.`)
  }
  if (!shape.hasHeader) {
    notes.push(
      `${path} has no line of column names; columns are named ${shape.names[0]}, ${shape.names[1] ?? '…'}, and so on.`,
    )
  } else if (shape.options.header !== true) {
    const numbers = shape.names.filter((name) => name.trim() !== '' && Number.isFinite(Number(name)))
    if (numbers.length > 0) {
      notes.push(
        `The first line of ${path} was taken as column names, though some look like numbers (${numbers.slice(0, 3).join(', ')}).`,
      )
    }
  }
  return notes
}
