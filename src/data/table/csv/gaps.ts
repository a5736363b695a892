/** How people write "nothing here" in a cell. */
export const usualGaps: readonly string[] = ['NA', 'N/A', 'n/a', 'NaN', 'nan', 'NULL', 'null', '?']

/** Fewer words tell too little of how the words of a column look. */
const fewestAlike = 4

/**
 * Whether a word that usually means a gap is one of the column's own words: `NA` among the codes of countries.
 *
 * It is where there are at least four others, all of as many letters and of the same case.
 */
export function isOneOfThem(word: string, others: readonly string[]): boolean {
  const form = formOf(word)
  return form !== undefined && others.length >= fewestAlike && others.every((other) => formOf(other) === form)
}

/** Number and case of a word's letters; undefined where it has anything but letters of one case. */
function formOf(word: string): string | undefined {
  if (/^\p{Lu}+$/u.test(word)) return `upper ${word.length}`
  return /^\p{Ll}+$/u.test(word) ? `lower ${word.length}` : undefined
}

/** Gaps that were found: which word, in which column, in how many cells. */
export interface GapWord {
  readonly word: string
  readonly column: string
  readonly count: number
}

/** Columns that a sentence names. */
const mostNamed = 5

/** One sentence that tells which words were taken as gaps; none where none was. */
export function describeGaps(found: readonly GapWord[]): string[] {
  if (found.length === 0) return []
  const words = [...new Set(found.map(({ word }) => word))].map((word) => {
    const own = found.filter((gap) => gap.word === word)
    const named = own.slice(0, mostNamed).map(({ column, count }) => `${column} (${count})`)
    const more = own.length > mostNamed ? ` and ${own.length - mostNamed} more columns` : ''
    return `'${word}' in ${named.join(', ')}${more}`
  })
  return [`These words were read as gaps: ${words.join('; ')}. If they are words, set data.csv.gaps.`]
}
