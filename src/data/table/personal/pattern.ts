import { z } from 'zod'
import { RandomStream } from '../../../base/index.ts'

/** The characters that may stand at a place of a template; one alone always does. */
type Place = string

/**
 * How texts of one pattern are invented so that none of them equals a text that was seen.
 *
 * Each template has a place for each character. A few places hold characters that no seen text of that length has there together,
 * so what is invented is new by construction, and no seen text needs to be remembered.
 */
export interface TextPattern {
  readonly templates: readonly { readonly places: readonly Place[]; readonly count: number }[]
}

export const patternSchema: z.ZodType<TextPattern> = z.strictObject({
  templates: z
    .array(z.strictObject({ places: z.array(z.string().min(1)), count: z.number().positive() }))
    .min(1),
})

const classes = {
  digit: '0123456789',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
} as const

/** Patterns of a column that are kept: the most frequent ones. */
const mostTemplates = 8
/** Characters that so many texts each have at a place are the place's; those of fewer might tell of them. */
const leastSharing = 20
/** Neighbouring places that are tried to make a text new. */
const mostMarked = 4

/** The class of a character, of any script. */
function classOf(character: string): keyof typeof classes | undefined {
  if (/\p{Nd}/u.test(character)) return 'digit'
  if (/\p{Lu}/u.test(character)) return 'upper'
  return /\p{L}/u.test(character) ? 'lower' : undefined
}

const signOf = { digit: '9', upper: 'A', lower: 'a' } as const

/** The pattern of a text: digits, capitals and small letters by class. */
export function maskOf(text: string): string {
  return [...text]
    .map((character) => {
      const found = classOf(character)
      return found ? signOf[found] : character
    })
    .join('')
}

/**
 * The pattern of some texts, by which others like them are invented.
 *
 * refine: changes a template's places before it is made new, for numbers that must not exist outside either. filler: what makes
 * texts longer where all of a pattern are taken.
 */
export function patternOf(
  texts: readonly string[],
  {
    refine = (places) => places,
    filler = 'X',
  }: { readonly refine?: (places: readonly Place[]) => readonly Place[]; readonly filler?: string } = {},
): TextPattern {
  const byMask = new Map<string, string[]>()
  for (const text of texts) {
    const mask = maskOf(text)
    const known = byMask.get(mask)
    if (known) known.push(text)
    else byMask.set(mask, [text])
  }
  const frequent = [...byMask.values()].sort((a, b) => b.length - a.length).slice(0, mostTemplates)
  return {
    templates: frequent.map((alike) => ({
      places: madeNew(refine(placesOf(alike)), texts, filler),
      count: alike.length,
    })),
  }
}

/** Patterns that so large a share of codes is written in, at most so many. */
const mostMasks = 5
const leastMasked = 0.8
const longestCode = 40

/** Whether words are codes: without blanks, with digits in most of them, and written in a few patterns. */
export function areCodes(words: readonly string[]): boolean {
  if (words.length === 0) return false
  const plain = words.filter((word) => /\d/.test(word) && !/\s/.test(word) && word.length <= longestCode)
  if (plain.length < leastMasked * words.length) return false
  const counts = new Map<string, number>()
  for (const word of plain) counts.set(maskOf(word), (counts.get(maskOf(word)) ?? 0) + 1)
  const largest = [...counts.values()].sort((a, b) => b - a).slice(0, mostMasks)
  return largest.reduce((sum, count) => sum + count, 0) >= leastMasked * words.length
}

/** A text of the pattern. words: independent uniform numbers of 32 bits, at least one for each place and one more. */
export function inventText({ templates }: TextPattern, words: Uint32Array): string {
  const total = templates.reduce((sum, { count }) => sum + count, 0)
  const at = (words[0]! / 2 ** 32) * total
  let before = 0
  const template = templates.find(({ count }) => {
    before += count
    return at < before
  })
  return template!.places
    .map((place, k) =>
      place.length === 1 ? place : place[words[1 + (k % (words.length - 1))]! % place.length]!,
    )
    .join('')
}

/** A text of the pattern for each row; row i depends on (seed, name, first + i) only. */
export function inventTexts(
  pattern: TextPattern,
  {
    rows: { seed, first },
    count,
    name,
  }: {
    readonly rows: { readonly seed: number; readonly first: number }
    readonly count: number
    readonly name: string
  },
): string[] {
  const width = 1 + Math.max(...pattern.templates.map(({ places }) => places.length))
  const words = new RandomStream({ seed, name: `texts/${name}` }).bits({ first, count, width })
  return Array.from({ length: count }, (_, row) =>
    inventText(pattern, words.subarray(row * width, (row + 1) * width)),
  )
}

/** The places of texts of one mask: the characters that very many have there, or else all of their class. */
function placesOf(texts: readonly string[]): Place[] {
  const all = texts.map((text) => [...text])
  return all[0]!.map((character, k) => {
    const counts = new Map<string, number>()
    for (const characters of all) counts.set(characters[k]!, (counts.get(characters[k]!) ?? 0) + 1)
    const found = classOf(character)
    if (found === undefined) return character
    const shared = [...counts.values()].every((count) => count >= leastSharing)
    return shared ? [...counts.keys()].sort().join('') : classes[found]
  })
}

/**
 * The places with a few of them fixed, so that no text of `seen` has the same characters there. filler: what makes the text
 * longer where all of the pattern's are taken.
 */
function madeNew(places: readonly Place[], seen: readonly string[], filler: string): readonly Place[] {
  const rivals = seen.map((text) => [...text]).filter(({ length }) => length === places.length)
  if (rivals.length === 0) return places
  const open = places.flatMap((place, k) => (place.length > 1 ? [k] : []))
  for (let size = 1; size <= Math.min(mostMarked, open.length); size++)
    for (let from = open.length - size; from >= 0; from--) {
      const marked = open.slice(from, from + size)
      const taken = new Set(rivals.map((characters) => marked.map((k) => characters[k]).join('')))
      const free = firstFree(
        marked.map((k) => places[k]!),
        taken,
      )
      if (free) return places.map((place, k) => (marked.includes(k) ? free[marked.indexOf(k)]! : place))
    }
  const middle = Math.ceil(places.length / 2)
  return madeNew([...places.slice(0, middle), filler, ...places.slice(middle)], seen, filler)
}

/** The first combination of characters, one of each set, that is not taken. */
function firstFree(sets: readonly string[], taken: ReadonlySet<string>): string | undefined {
  const count = sets.reduce((product, set) => product * set.length, 1)
  for (let i = 0; i < Math.min(count, taken.size + 1); i++) {
    // From the middle on: 500 looks less made up than 000.
    let rest = (i + Math.floor(count / 2)) % count
    let combination = ''
    for (const set of sets) {
      combination += set[rest % set.length]!
      rest = Math.floor(rest / set.length)
    }
    if (!taken.has(combination)) return combination
  }
  return undefined
}
