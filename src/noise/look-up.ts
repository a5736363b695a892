import { ScorefieldError } from '../engine/error.ts'

/** The item of this name; where there is none, a usage error that suggests the nearest name or lists them all. */
export function lookUp<Item extends { readonly name: string }>(
  items: readonly Item[],
  name: string,
  unknown: { readonly what: string; readonly code: string },
): Item {
  const found = items.find((item) => item.name === name)
  if (found) return found
  const names = items.map((item) => item.name)
  const nearest = nearestName(name, names)
  throw new ScorefieldError({
    kind: 'usage',
    code: unknown.code,
    message: `There is no ${unknown.what} '${name}'.`,
    hint: nearest === undefined ? `There are ${names.join(', ')}.` : `Did you mean '${nearest}'?`,
  })
}

/** The candidate with the fewest edits from the name, or undefined when even that is more than half of it away. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let nearest: string | undefined
  let fewest = Math.max(2, Math.floor(name.length / 2)) + 1
  for (const candidate of candidates) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (edits < fewest) {
      fewest = edits
      nearest = candidate
    }
  }
  return nearest
}

/** Insertions, deletions and replacements that turn one text into the other (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, k) => k)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let k = 1; k <= to.length; k++) {
      const replaced = row[k - 1]! + (from[i - 1] === to[k - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[k]! + 1, next[k - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
