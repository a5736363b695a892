import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ScorefieldError } from '../../../base/index.ts'
import { literal } from '../duckdb.node.ts'
import { pathList } from '../source.node.ts'
import { type Dialect, findDialect } from './dialect.ts'
import { blankRuns, type Marks, recordsOf } from './records.ts'

/** How separated text is written. What is left out is found by looking at the file. */
export interface CsvOptions {
  /** Whether the first line holds the names of the columns. */
  readonly header?: boolean
  /** What stands between two cells, for example `;` or a tab. */
  readonly delimiter?: string
  /** What stands before the fraction of a number: `.` unless told. */
  readonly decimalSeparator?: '.' | ','
  /** Cells that mean "nothing here", besides the empty one. */
  readonly gaps?: readonly string[]
  /** `latin-1` is read as Windows-1252, which has the same letters and more signs. */
  readonly encoding?: 'utf-8' | 'utf-16' | 'latin-1'
}

/** A file of separated text as DuckDB can read it. */
export interface OpenedCsv {
  /** The file itself, or a copy of it in UTF-8 with plain delimiters. */
  readonly path: string
  readonly dialect: Dialect
  /** Whether the file has no line with anything in it. */
  readonly isEmpty: boolean
}

/** Bytes of the beginning that tell how a file is written. */
const headBytes = 1 << 20

/**
 * Opens a file of separated text: finds out how it is written, and copies it to `folder` where DuckDB cannot read it as it is:
 * other encodings than UTF-8, columns set apart by blanks, line ends of several kinds (`isMixed`).
 *
 * Throws `data/encoding`.
 */
export async function openCsv(
  path: string,
  options: CsvOptions,
  { folder, isMixed = false }: { readonly folder: string; readonly isMixed?: boolean },
): Promise<OpenedCsv> {
  const { head, isWhole } = await headOf(path)
  const encoding = encodingOf(head, options)
  const text = decoded(head, { path, encoding, isWhole })
  const dialect = findDialect(text, options, isWhole)
  const isEmpty = isWhole && text.trim() === ''
  const isBlanks = dialect.delimiter in blankRuns
  const mixed = isMixed || hasMixedLineEnds(text)
  if (isEmpty || (encoding === 'utf-8' && !isBlanks && !mixed)) return { path, dialect, isEmpty }
  const copy = join(folder, `${copies++}.csv`)
  const pieces = textOf(path, encoding)
  await pipeline(
    isBlanks ? withDelimiters(pieces, dialect) : mixed ? withLineFeeds(pieces) : pieces,
    createWriteStream(copy),
  )
  const marks = isBlanks ? { delimiter: ',', quote: '"', escaping: '"' } : {}
  return { path: copy, dialect: { ...dialect, ...marks }, isEmpty }
}

/** Copies made by this process, to give each a name of its own. */
let copies = 0

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

async function headOf(path: string): Promise<{ readonly head: Uint8Array; readonly isWhole: boolean }> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of bytesOf(path)) {
    parts.push(part)
    size += part.length
    if (size > headBytes) break
  }
  return { head: Buffer.concat(parts), isWhole: size <= headBytes }
}

function bytesOf(path: string): AsyncIterable<Uint8Array> {
  const file = createReadStream(path)
  if (!path.toLowerCase().endsWith('.gz')) return file
  const gunzip = createGunzip()
  file.on('error', (error) => gunzip.destroy(error))
  return file.pipe(gunzip)
}

/** As told, or else by the byte-order mark. */
function encodingOf(head: Uint8Array, { encoding }: CsvOptions): Encoding {
  const mark = head.length < 2 ? 0 : head[0]! * 256 + head[1]!
  if (encoding === 'latin-1') return 'windows-1252'
  if (mark === 0xfeff) return 'utf-16be'
  if (mark === 0xfffe || encoding === 'utf-16') return 'utf-16le'
  return 'utf-8'
}

function decoded(
  head: Uint8Array,
  {
    path,
    encoding,
    isWhole,
  }: { readonly path: string; readonly encoding: Encoding; readonly isWhole: boolean },
): string {
  try {
    const decoder = new TextDecoder(encoding, { fatal: true })
    // In one go Node 20 takes Windows-1252 for ISO-8859-1, without € and curly quotes (nodejs/node#56542); as a stream it does not.
    const text = decoder.decode(head, { stream: true }) + (isWhole ? decoder.decode() : '')
    if (!text.includes('\0')) return text
  } catch (error) {
    throw notText(path, encoding, error)
  }
  throw notText(path, encoding)
}

function notText(path: string, encoding: Encoding, cause?: unknown): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'data/encoding',
    message: `${path} is not ${encoding === 'utf-8' ? 'UTF-8' : encoding.replace(/[lb]e$/, '').toUpperCase()} text.`,
    where: path,
    hint: 'Say how it is encoded: data.csv.encoding is latin-1 or utf-16 (--set data.csv.encoding=latin-1). Or save it as UTF-8.',
    cause,
  })
}

async function* textOf(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  try {
    for await (const part of bytesOf(path)) yield decoder.decode(part, { stream: true })
    yield decoder.decode()
  } catch (error) {
    throw error instanceof TypeError ? notText(path, encoding, error) : error
  }
}

function hasMixedLineEnds(text: string): boolean {
  return /\r\n/.test(text) ? /(?<!\r)\n|\r(?!\n|$)/.test(text) : text.includes('\r') && text.includes('\n')
}

async function* withLineFeeds(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let held = ''
  for await (const piece of pieces) {
    const text = held + piece
    held = text.endsWith('\r') ? '\r' : ''
    yield text.slice(0, text.length - held.length).replaceAll(/\r\n?/g, '\n')
  }
  if (held !== '') yield '\n'
}

/** The same lines, with commas between the cells. */
async function* withDelimiters(pieces: AsyncIterable<string>, marks: Marks): AsyncGenerator<string> {
  const quoted = (cell: string): string =>
    /[",\r\n]|^$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  const write = (text: string, isWhole: boolean): { lines: string; rest: string } => {
    const { records, rest } = recordsOf(text, marks, { isWhole })
    const lines = records.map(({ cells, isBlank }) => (isBlank ? '\n' : `${cells.map(quoted).join(',')}\n`))
    return { lines: lines.join(''), rest: text.slice(rest) }
  }
  let rest = ''
  for await (const piece of pieces) {
    const written = write(rest + piece, false)
    rest = written.rest
    yield written.lines
  }
  yield write(rest, true).lines
}

/** The SQL that yields the rows of a file as cells of text, called "0", "1", …; an empty cell is empty text. */
export function csvRelation({ path, dialect }: OpenedCsv): string {
  const { delimiter, quote, escaping, width, skippedLines } = dialect
  const columns = Array.from({ length: width }, (_, index) => `'${index}': 'VARCHAR'`).join(', ')
  return `read_csv(${pathList([path])}, auto_detect = false, header = false, delim = ${literal(delimiter)},
    quote = ${literal(quote)}, escape = ${literal(escaping)}, comment = '', nullstr = '\u0002', skip = ${skippedLines}, columns = {${columns}})`
}

/**
 * How many lines below the first row's have nothing in them, those at the end of the file apart: such lines are no rows.
 * A line end within quotes is part of a cell.
 */
export async function countEmptyLines({ path, dialect }: OpenedCsv): Promise<number> {
  const code = (character: string): number => (character === '' ? -1 : character.charCodeAt(0))
  const [delimiter, quote, escaping] = [code(dialect.delimiter), code(dialect.quote), code(dialect.escaping)]
  const [lineFeed, carriageReturn] = [10, 13]
  let [line, length, empty, pending, last] = [0, 0, 0, 0, -1]
  let [isQuoted, isCellStart] = [false, true]
  const endLine = (): void => {
    if (length === 0 && line >= dialect.skippedLines) pending++
    line++
    length = 0
    isCellStart = true
  }
  for await (const bytes of bytesOf(path)) {
    for (const byte of bytes) {
      if (isQuoted) {
        if (escaping !== quote && last === escaping) {
          last = -1
          continue
        }
        if (byte === quote) isQuoted = false
        if (byte === lineFeed) line++
      } else if (byte === lineFeed) {
        if (last !== carriageReturn) endLine()
      } else if (byte === carriageReturn) endLine()
      else {
        empty += pending
        pending = 0
        length++
        // A quote that follows one at once is part of the cell.
        isQuoted = byte === quote && (isCellStart || (last === quote && length > 1))
        isCellStart = byte === delimiter
      }
      last = byte
    }
  }
  return empty
}

/** What a person should know of how a file was cut into rows, one sentence each. */
export function describeDialect({ dialect }: OpenedCsv, path: string, emptyLines: number): string[] {
  const { comments, titles, unsplit } = dialect
  const notes: string[] = []
  const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text)
  const lines = (count: number, what: string): string => `${count} ${count === 1 ? 'line' : 'lines'} ${what}`
  const were = (count: number): string => (count === 1 ? 'was' : 'were')
  if (comments.length > 0)
    notes.push(
      `${lines(comments.length, `above the table in ${path}`)} ${comments.length === 1 ? 'begins' : 'begin'} with # and ${were(comments.length)} left out ('${shown(comments[0]!)}').`,
    )
  if (titles.length > 0) {
    const first = titles.length === 1 ? 'The first line' : `The first ${titles.length} lines`
    notes.push(
      `${first} of ${path} did not fit the rows below and ${were(titles.length)} left out ('${shown(titles[0]!)}').`,
    )
  }
  if (emptyLines > 0)
    notes.push(
      `${lines(emptyLines, `of ${path}`)} ${emptyLines === 1 ? 'is' : 'are'} empty and ${were(emptyLines)} left out.`,
    )
  if (unsplit)
    notes.push(
      `Every line of ${path} was read as one cell, though ${lines(unsplit.lines, unsplit.lines === 1 ? 'holds' : 'hold')} a '${unsplit.delimiter}'; set data.csv.delimiter to split them.`,
    )
  return notes
}
