import { didYouMean, RandomStream, ScorefieldError } from '../../base/index.ts'

/** The classes of a set of pictures, in order, and how many of the pictures learned from each has. */
export interface Labels {
  readonly names: readonly string[]
  readonly counts: readonly number[]
}

/** Chance that an example is learned without its label, so that one model draws with and without one.  Ho & Salimans 2022. */
export const unlabelledShare = 0.1

/**
 * The classes of labels; undefined where there are fewer than two, for then a label says nothing.
 * Classes are in the order of numbers where all of them are whole numbers, else in that of letters.
 */
export function labelsOf(cells: readonly (string | null)[]): Labels | undefined {
  const counts = new Map<string, number>()
  for (const cell of cells) if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1)
  if (counts.size < 2) return undefined
  const areNumbers = [...counts.keys()].every((name) => /^-?\d+$/.test(name))
  const names = [...counts.keys()].sort(areNumbers ? (a, b) => Number(a) - Number(b) : undefined)
  return { names, counts: names.map((name) => counts.get(name)!) }
}

/** The place of each label among the classes, −1 for none or for one that is not known. */
export function labelCodes({ names }: Labels, cells: readonly (string | null)[]): Int32Array {
  const places = new Map(names.map((name, place) => [name, place]))
  return Int32Array.from(cells, (cell) => (cell === null ? -1 : (places.get(cell) ?? -1)))
}

/** One number a class, 1 at the class, all 0 for −1: [n, K]. */
export function oneHot({ names }: Labels, codes: ArrayLike<number>): Float32Array {
  const into = new Float32Array(codes.length * names.length)
  for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0) into[i * names.length + codes[i]!] = 1
  return into
}

/** Labels for rows first … first + count − 1 of a sample, by their shares among the pictures learned from: a function of (seed, row). */
export function drawnLabels(
  { counts }: Labels,
  { seed, first, count }: { readonly seed: number; readonly first: number; readonly count: number },
): Int32Array {
  const all = counts.reduce((sum, one) => sum + one, 0)
  return new RandomStream({ seed, name: 'label of a sample' }).categorical(
    { first, count, width: 1 },
    counts.map((one) => one / all),
  )
}

/** The place of a class told as text. Throws `data/unknown-category`, with the classes there are. */
export function labelNamed({ names }: Labels, text: string): number {
  const place = names.indexOf(text)
  if (place >= 0) return place
  const shown = names.length > 20 ? [...names.slice(0, 20), `and ${names.length - 20} more`] : names
  throw new ScorefieldError({
    kind: 'usage',
    code: 'data/unknown-category',
    message: `The model knows no label "${text}".${didYouMean(text, names)}`,
    where: 'label',
    hint: `It learned ${shown.join(', ')}.`,
  })
}
