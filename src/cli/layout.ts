/** The one place that knows how words are laid out on a terminal: how wide they are, where lines break, how columns stand. */

/** Longer lines are hard to read, however wide the terminal is. */
const widestProse = 100
/** Below this nothing can be laid out. */
const narrowest = 20

/** A stream that may be a terminal. */
export interface MaybeTerminal {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** The width of a terminal, in characters; endless where it is none, for a program breaks lines as it likes. */
export function widthOf({ isTTY, columns }: MaybeTerminal): number {
  return isTTY && columns ? Math.max(narrowest, columns) : Number.POSITIVE_INFINITY
}

/** The width of sentences on a terminal. */
export function proseWidthOf(stream: MaybeTerminal): number {
  return proseWidth(widthOf(stream))
}

/** The width of sentences where results have so much. */
export function proseWidth(width: number): number {
  return Number.isFinite(width) ? Math.min(widestProse, width) : width
}

/** How many places a text takes on a terminal: East Asian characters and emoji two, combining ones none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += nothing.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

const nothing = /^(?:\p{Mn}|\p{Me}|[\u200b-\u200d])$/u
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u

/** The text and blanks up to a width. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/**
 * A text so broken at blanks that no line is wider than `width`, but for a single word that is. Later lines hang two places
 * in from where theirs began.
 */
export function wrapped(text: string, width: number): string {
  if (!Number.isFinite(width)) return text
  return text
    .split('\n')
    .flatMap((line) => wrappedLine(line, width))
    .join('\n')
}

function wrappedLine(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line]
  const indent = /^ */.exec(line)![0]
  const hanging = `${indent}  `
  const lines: string[] = []
  let last = indent
  let isEmpty = true
  // A number and its percent sign are one word.
  for (const word of line.trim().split(/ +(?!%)/)) {
    const longer = isEmpty ? last + word : `${last} ${word}`
    if (isEmpty || displayWidth(longer) <= width) last = longer
    else {
      lines.push(last)
      last = hanging + word
    }
    isEmpty = false
  }
  return [...lines, last]
}

/** Room that the last column must have to be broken within it. */
const leastLast = 20

/**
 * Rows of cells in columns, two places apart, as lines. Where they do not fit the width the last column is broken; where it has
 * no room, each row becomes a block: its first cell, and below it the others, with the `labels` of their columns.
 */
export function columnsText(
  rows: readonly (readonly string[])[],
  {
    width = Number.POSITIVE_INFINITY,
    labels = [],
  }: { readonly width?: number; readonly labels?: readonly string[] } = {},
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, k) =>
    Math.max(...rows.map((row) => displayWidth(row[k] ?? ''))),
  )
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, 0)
  const room = width - before
  if (room >= Math.min(leastLast, widths.at(-1) ?? 0))
    return rows.flatMap((row) => besides(row, widths, room))
  return rows.flatMap((row) => block(row, labels, width))
}

function besides(row: readonly string[], widths: readonly number[], room: number): string[] {
  const last = widths.length - 1
  const start = widths.slice(0, last).map((width, k) => padded(row[k] ?? '', width))
  const lines = wrapped(row[last] ?? '', room).split('\n')
  const blank = ' '.repeat(widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0))
  return lines.map((line, i) => (i === 0 ? [...start, line].join('  ') : blank + line).trimEnd())
}

function block(
  [first = '', ...others]: readonly string[],
  labels: readonly string[],
  width: number,
): string[] {
  const indent = `${/^ */.exec(first)![0]}    `
  const cells = others.flatMap((cell, k) => {
    const label = labels[k + 1]
    return cell === '' ? [] : [`${indent}${label ? `${label}: ` : ''}${cell}`]
  })
  return [first.trimEnd(), ...cells].flatMap((line) => wrapped(line, width).split('\n'))
}
