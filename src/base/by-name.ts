import { ScorefieldError } from './error.ts'

/**
 * The record of that name.
 * @throws ScorefieldError `usage/unknown-name`, with the nearest name as a suggestion and all of them listed.
 */
export function byName<T extends { readonly name: string }>(
  records: readonly T[],
  name: string,
  what: string,
): T {
  const found = records.find((record) => record.name === name)
  if (found) return found
  const names = records.map((record) => record.name)
  const near = nearest(name, names)
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/unknown-name',
    message: `There is no ${what} "${name}".${near ? ` Did you mean "${near}"?` : ''}`,
    hint: `Known: ${names.join(', ')}.`,
  })
}

/** The candidate that fewest edits lead to, if they are few against its length. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (edits < fewest) [best, fewest] = [candidate, edits]
  }
  return best !== undefined && fewest <= Math.max(2, Math.floor(best.length / 3)) ? best : undefined
}

/** Fewest insertions, deletions, substitutions and swaps of neighbours that turn a into b. Damerau 1964. */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    before = last
    last = row
  }
  return last[b.length]!
}
