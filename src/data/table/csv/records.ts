/** What stands between cells, and around those that hold it. */
export interface Marks {
  /** A character or two between two cells; `blanks` for any run of blanks and tabs, `wide-blanks` for two or more of them. */
  readonly delimiter: string
  /** Stands around a cell that holds delimiters or line ends; empty for none. */
  readonly quote: string
  /** Stands before a quote that is part of the cell: usually another quote. */
  readonly escaping: string
}

/** Delimiters that are runs of blanks, as a pattern. */
export const blankRuns: Readonly<Record<string, RegExp>> = {
  blanks: /[ \t]+/y,
  'wide-blanks': /[ \t]{2,}|\t/y,
}

/** A line of cells, or several lines where a quoted cell holds line ends. */
export interface TextRecord {
  readonly cells: readonly string[]
  /** The record's first line, from 0. */
  readonly line: number
  /** A line with nothing in it. */
  readonly isBlank: boolean
  /** As it stands there, without its line end. */
  readonly text: string
}

/**
 * The records of separated text, by the rules of RFC 4180: a cell that begins with a quote ends with one.
 *
 * The last record is left out where the text goes on behind it (`isWhole` false); `rest` is where it begins.
 */
export function recordsOf(
  text: string,
  marks: Marks,
  { isWhole = true }: { readonly isWhole?: boolean } = {},
): { readonly records: TextRecord[]; readonly rest: number } {
  const records: TextRecord[] = []
  const cursor = new Cursor(text, marks)
  // Where blanks set cells apart, a line of blanks has nothing in it.
  const isRun = marks.delimiter in blankRuns
  let line = 0
  let rest = 0
  while (rest < text.length) {
    const cells = cursor.record(rest)
    if (cursor.ended && !isWhole) break
    const isBlank = cells.length === 1 && cells[0] === '' && (cursor.end === rest || isRun)
    records.push({ cells, line, isBlank, text: text.slice(rest, cursor.end) })
    line += 1 + cursor.lineEnds
    rest = cursor.next
  }
  return { records, rest }
}

/** Goes through a text cell by cell. */
class Cursor {
  /** Where the record's text ends, and where the next begins. */
  end = 0
  next = 0
  /** Line ends within its quotes. */
  lineEnds = 0
  /** Whether the text ends before the record does. */
  ended = false
  private readonly text: string
  private readonly marks: Marks
  private readonly run: RegExp | undefined

  constructor(text: string, marks: Marks) {
    this.text = text
    this.marks = marks
    this.run = blankRuns[marks.delimiter]
  }

  record(from: number): string[] {
    const cells: string[] = []
    this.lineEnds = 0
    this.ended = false
    let at = this.run ? this.skipBlanks(from) : from
    for (;;) {
      const { cell, end } = this.cell(at)
      const length = this.delimiterAt(end)
      // Blanks at the end of a line are no cell.
      const isTrailing = this.run !== undefined && length > 0 && this.isLineEnd(end + length)
      cells.push(cell)
      if (length === 0 || isTrailing) {
        this.finish(end + length)
        return cells
      }
      at = end + length
    }
  }

  private skipBlanks(from: number): number {
    let at = from
    while (this.text[at] === ' ' || this.text[at] === '\t') at++
    return at
  }

  private delimiterAt(at: number): number {
    const { text, run } = this
    const { delimiter } = this.marks
    if (run === undefined) return text.startsWith(delimiter, at) && at < text.length ? delimiter.length : 0
    run.lastIndex = at
    return run.exec(text)?.[0].length ?? 0
  }

  private isLineEnd(at: number): boolean {
    return at >= this.text.length || this.text[at] === '\n' || this.text[at] === '\r'
  }

  private cell(from: number): { cell: string; end: number } {
    const { text } = this
    const { quote, escaping } = this.marks
    let cell = ''
    let at = from
    if (quote !== '') {
      const opens = this.run ? from : this.skipSpaces(from)
      if (text[opens] === quote) {
        at = opens + 1
        for (; at < text.length; at++) {
          const character = text[at]!
          if (
            character === escaping &&
            (text[at + 1] === quote || (escaping !== quote && text[at + 1] === escaping))
          )
            cell += text[++at]
          else if (character === quote) break
          else {
            if (character === '\n' || (character === '\r' && text[at + 1] !== '\n')) this.lineEnds++
            cell += character
          }
        }
        if (at >= text.length) this.ended = true
        at++
      }
    }
    const start = at
    while (!this.isLineEnd(at) && this.delimiterAt(at) === 0) at++
    return { cell: cell + text.slice(start, at), end: Math.min(at, text.length) }
  }

  private skipSpaces(from: number): number {
    let at = from
    while (this.text[at] === ' ') at++
    return at
  }

  private finish(at: number): void {
    const { text } = this
    this.end = at
    const isPair = text[at] === '\r' && text[at + 1] === '\n'
    this.next = at + (isPair ? 2 : 1)
    // A carriage return at the very end may be half of a line end.
    if (at >= text.length || (text[at] === '\r' && at + 1 >= text.length)) this.ended = true
  }
}
