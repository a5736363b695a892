import { type Column, columnWords } from '../table.ts'
import type { ExactRule } from './rule.ts'

/** A column of more different values decides nothing: it all but names the row. */
const mostDeciding = 1000
/** A decision is believed when each deciding value was seen so often on average … */
const leastRowsPerValue = 5
/** … and this many rows could have broken it: those beyond the first of each value. */
const leastTests = 20
/** Evidence against chance that a decision needs, nats. */
const leastEvidence = 20

/** A column's cells as words, and how many different ones; made once for all pairs. */
export interface Words {
  readonly name: string
  readonly words: readonly (string | null)[]
  readonly distinct: number
}

export function wordsOf(column: Column): Words {
  const words = columnWords(column)
  return { name: column.name, words, distinct: new Set(words).size }
}

/** b = a in every row, gaps included, of columns of more than one value. */
export function findCopy(a: Words, b: Words): Extract<ExactRule, { kind: 'copy' }> | undefined {
  if (a.distinct < 2 || a.distinct !== b.distinct || a.words.length < leastTests) return undefined
  return a.words.every((word, row) => word === b.words[row])
    ? { kind: 'copy', columns: [a.name, b.name] }
    : undefined
}

/**
 * What each word of a goes with, if it always goes with the same word of b, and that is more than chance.
 *
 * leastRows: words of a that fewer rows have are not named; what most of these go with stands for all of them.
 */
export function findDecision(
  a: Words,
  b: Words,
  leastRows: number,
): Extract<ExactRule, { kind: 'decides' }> | undefined {
  const rows = a.words.length
  if (a.distinct < 2 || a.distinct > Math.min(mostDeciding, rows / leastRowsPerValue)) return undefined
  if (b.distinct < 2 || b.distinct > a.distinct) return undefined
  const found = new Map<string | null, string | null>()
  const counts = new Map<string | null, number>()
  for (let row = 0; row < rows; row++) {
    const key = a.words[row]!
    const known = found.get(key)
    if (known === undefined) found.set(key, b.words[row]!)
    else if (known !== b.words[row]) return undefined
    counts.set(b.words[row]!, (counts.get(b.words[row]!) ?? 0) + 1)
  }
  // Chance: each row beyond the first of its word agrees by luck as often as two rows of b are alike.
  const alike = [...counts.values()].reduce((sum, count) => sum + (count / rows) ** 2, 0)
  const tests = rows - found.size
  if (tests < leastTests || tests * -Math.log(alike) <= leastEvidence) return undefined
  const times = countsOf(a.words)
  const isCommon = (word: string | null): boolean => word === null || times.get(word)! >= leastRows
  const values = [...found].filter(([word]) => isCommon(word))
  const others = countsOf(b.words.filter((_, row) => !isCommon(a.words[row]!)))
  const otherwise = [...others].filter(([word]) => word === null || counts.get(word)! >= leastRows)
  if (otherwise.length === 0) return { kind: 'decides', columns: [a.name, b.name], values }
  const [most] = otherwise.reduce((best, one) => (one[1] > best[1] ? one : best))
  return { kind: 'decides', columns: [a.name, b.name], values, otherwise: most }
}

function countsOf(words: readonly (string | null)[]): Map<string | null, number> {
  const counts = new Map<string | null, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
