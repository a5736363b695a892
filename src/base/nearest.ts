/**
 * The candidate that a word may stand for: the one that fewest edits lead to among those that are near it, else one that the
 * word begins, or is begun by; undefined where none is alike. Case does not count.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const known = candidates.filter((candidate) => candidate !== '')
  let best: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (edits < fewest && edits <= mostEdits(word, candidate)) [best, fewest] = [candidate, edits]
  }
  return best ?? known.find((candidate) => isBeginning(word, candidate))
}

/** ` Did you mean "x"?`, the name between `mark`s, to go on with after a sentence; nothing where no candidate is near. */
export function didYouMean(word: string, candidates: readonly string[], mark = ''): string {
  const meant = nearest(word, candidates)
  return meant === undefined ? '' : ` Did you mean ${mark}${meant}${mark}?`
}

/** Whether `nearest` would take one for the other. */
export function isNear(word: string, candidate: string): boolean {
  return nearest(word, [candidate]) !== undefined
}

/** One letter in three may be wrong: with more, names of two or three letters are all alike. */
function mostEdits(a: string, b: string): number {
  return Math.floor(Math.max(a.length, b.length) / 3)
}

/** The fewest letters of a beginning that say what is meant. */
const fewestLetters = 3

function isBeginning(a: string, b: string): boolean {
  const [short, long] = [a.toLowerCase(), b.toLowerCase()].sort((one, other) => one.length - other.length)
  return short!.length >= fewestLetters && long!.startsWith(short!)
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
