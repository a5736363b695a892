import { ScorefieldError } from '../../../base/index.ts'

/** A category, or null for a gap. */
export type Word = string | null

/** The words of a column and how often each occurs, the most frequent first; equals in the order of the alphabet. */
export function countWords(
  values: readonly Word[],
  others: readonly Word[] = [],
): { readonly words: Word[]; readonly counts: number[] } {
  const counts = new Map<Word, number>(others.map((word) => [word, 0]))
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const order = [...counts].sort(([a, m], [b, n]) => n - m || (a === b ? 0 : (a ?? '') < (b ?? '') ? -1 : 1))
  return { words: order.map(([word]) => word), counts: order.map(([, count]) => count) }
}

/** The place of each value among `words`, [n]. Throws `data/unknown-category`. */
export function placesOf(values: readonly Word[], words: readonly Word[]): Int32Array {
  const places = new Map(words.map((word, place) => [word, place]))
  return Int32Array.from(values, (value) => {
    const place = places.get(value)
    if (place !== undefined) return place
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/unknown-category',
      message:
        value === null
          ? 'There is a gap where the model was trained on none.'
          : `'${value}' is a category that the model was not trained on.`,
      hint: `It knows: ${words.slice(0, 8).join(', ')}${words.length > 8 ? ', …' : ''}.`,
    })
  })
}
