import { isHeader, isNumberLike, neutral } from './header.ts'
import { type Marks, recordsOf, type TextRecord } from './records.ts'

/** What is told of separated text, to be taken as it is. */
export interface ToldDialect {
  readonly header?: boolean
  readonly delimiter?: string
}

/** How separated text is written. */
export interface Dialect extends Marks {
  readonly width: number
  /** The cells of the line of names, as they stand there; undefined where there is none. */
  readonly header: readonly string[] | undefined
  /** Lines above the first row: the names, and what is left out. */
  readonly skippedLines: number
  /** What is left out above the names: lines that begin with `#`, and titles that are not as wide as the rows. */
  readonly comments: readonly string[]
  readonly titles: readonly string[]
  /** Lines that hold a usual delimiter though the table is of one column, and that delimiter. */
  readonly unsplit: { readonly delimiter: string; readonly lines: number } | undefined
}

const delimiters = ['\t', ';', '|', ','] as const
const quotings: readonly Omit<Marks, 'delimiter'>[] = [
  { quote: '"', escaping: '"' },
  { quote: '"', escaping: '\\' },
  { quote: "'", escaping: "'" },
  { quote: '', escaping: '' },
]

/** So many titles above a table are taken for rows of another width, unless their widths differ, too. */
const fewestRaggedLines = 3

/**
 * Finds out how separated text is written by looking at its beginning.
 *
 * The delimiter is the one that cuts most lines into equally many cells, more than one; runs of blanks only where they do so
 * with every line. isWhole: whether `text` is all there is; else its last line may be cut off.
 */
export function findDialect(text: string, told: ToldDialect, isWhole: boolean): Dialect {
  const { marks, records } = bestMarks(text, told, isWhole)
  const width = usualWidth(records)
  const filled = records.filter(({ isBlank }) => !isBlank)
  const above = filled.slice(0, firstOfTable(filled, width, told))
  const rest = filled.slice(above.length)
  const comments = above.filter(isComment).map(({ text }) => text)
  const titles = above.filter((record) => !isComment(record)).map(({ text }) => text)
  const hasHeader = rest.length > 0 && (told.header ?? isHeader(rest))
  const first = rest[hasHeader ? 1 : 0]
  return {
    ...marks,
    width: Math.max(1, width),
    header: hasHeader ? rest[0]!.cells : undefined,
    skippedLines: first?.line ?? lineAfter(rest.at(-1) ?? above.at(-1)),
    comments,
    titles,
    unsplit: width === 1 && told.delimiter === undefined ? unsplitIn(rest) : undefined,
  }
}

function lineAfter(record: TextRecord | undefined): number {
  return record === undefined ? 0 : record.line + 1 + (record.text.match(/\n|\r(?!\n)/g)?.length ?? 0)
}

interface Look {
  readonly marks: Marks
  readonly records: readonly TextRecord[]
  /** Share of the lines that are of the usual width. */
  readonly share: number
}

function bestMarks(text: string, told: ToldDialect, isWhole: boolean): Look {
  const look = (delimiter: string, quoting: Omit<Marks, 'delimiter'>): Look => {
    const marks = { delimiter, ...quoting }
    const { records } = recordsOf(text, marks, { isWhole })
    const lines = records.filter((record) => !record.isBlank && !isComment(record))
    const width = usualWidth(records)
    const alike = lines.filter(({ cells }) => cells.length === width).length
    return { marks, records, share: width > 1 && 2 * alike > lines.length ? alike / lines.length : 0 }
  }
  const candidates = told.delimiter === undefined ? delimiters : [told.delimiter]
  let best: Look | undefined
  for (const quoting of quotings) {
    if (quoting.quote !== '' && !text.includes(quoting.quote)) continue
    if (quoting.escaping === '\\' && !text.includes('\\"')) continue
    for (const delimiter of candidates) {
      const found = look(delimiter, quoting)
      if (found.share > (best?.share ?? 0)) best = found
    }
    if (best?.share === 1) return best
  }
  if (best && best.share > 0) return best
  const bySpaces = told.delimiter === undefined ? blankMarks(look) : undefined
  return bySpaces ?? look(told.delimiter ?? ',', text.includes('"') ? quotings[0]! : quotings[3]!)
}

/** Columns set apart by blanks: every line is of one width, and a column is of numbers, for prose has blanks, too. */
function blankMarks(look: (delimiter: string, quoting: Omit<Marks, 'delimiter'>) => Look): Look | undefined {
  for (const delimiter of ['blanks', 'wide-blanks']) {
    const found = look(delimiter, quotings[0]!)
    if (found.share < 1) continue
    const lines = found.records.filter((record) => !record.isBlank && !isComment(record))
    const width = lines[0]!.cells.length
    const rows = lines.slice(1)
    const isNumeric = (k: number): boolean =>
      rows.some(({ cells }) => isNumberLike(cells[k]!)) &&
      rows.every(({ cells }) => isNumberLike(cells[k]!) || neutral.test(cells[k]!))
    if (Array.from({ length: width }, (_, k) => k).some(isNumeric)) return found
  }
  return undefined
}

/** The number of cells that most lines have, comments and empty lines apart; the larger of equals. 0 of no line. */
function usualWidth(records: readonly TextRecord[]): number {
  const counts = new Map<number, number>()
  for (const record of records) {
    if (record.isBlank || isComment(record)) continue
    counts.set(record.cells.length, (counts.get(record.cells.length) ?? 0) + 1)
  }
  if (counts.size === 0) return records.find(({ isBlank }) => !isBlank)?.cells.length ?? 0
  return [...counts].sort(([a, m], [b, n]) => n - m || b - a)[0]![0]
}

function isComment({ text }: TextRecord): boolean {
  return text.startsWith('#')
}

/** The place of the first record that is of the table, its line of names included. */
function firstOfTable(records: readonly TextRecord[], width: number, told: ToldDialect): number {
  let at = 0
  while (at < records.length && isComment(records[at]!)) at++
  // A table whose every line begins with # has no comments.
  if (at === records.length) return 0
  if (at > 0 && isMarkedHeader(records, at, width, told)) return at - 1
  const comments = at
  while (at < records.length && records[at]!.cells.length !== width) at++
  const titles = records.slice(comments, at)
  const alike = usualWidth(titles)
  const ragged = titles.filter(({ cells }) => cells.length === alike).length
  return alike > 1 && titles.length >= fewestRaggedLines && 2 * ragged > titles.length ? comments : at
}

/** Whether the last line that begins with # names the columns or is a row: as wide as the rows, with no names beneath. */
function isMarkedHeader(
  records: readonly TextRecord[],
  at: number,
  width: number,
  told: ToldDialect,
): boolean {
  if (width < 2 || records[at - 1]!.cells.length !== width) return false
  return told.header === false || !isHeader(records.slice(at))
}

function unsplitIn(records: readonly TextRecord[]): Dialect['unsplit'] {
  for (const delimiter of delimiters) {
    const lines = records.filter(({ cells }) => cells[0]!.includes(delimiter)).length
    if (lines > 0) return { delimiter, lines }
  }
  return undefined
}
