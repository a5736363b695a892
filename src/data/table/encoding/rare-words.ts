import { z } from 'zod'
import { RandomStream } from '../../../base/index.ts'
import {
  areCodes,
  inventTexts,
  isTelling,
  maskOf,
  patternOf,
  patternSchema,
  type TextPattern,
} from '../personal/index.ts'
import type { Column } from '../table.ts'
import type { RowOrigin } from './column-encoding.ts'
import type { Word } from './words.ts'

/** A word that fewer rows have is not given out, unless told. */
export const defaultLeastRowsPerWord = 2

/**
 * What stands in place of words that too few rows have: they are one word to the model, and on the way out a code of the same
 * pattern that no row has, or one of the other words, drawn as often as those occur.
 */
export interface RareWords {
  /** The word that stands for them in the model; it does not come out. */
  readonly word: string
  readonly instead:
    | { readonly kind: 'pattern'; readonly pattern: TextPattern }
    | { readonly kind: 'draw'; readonly words: readonly string[]; readonly shares: readonly number[] }
}

export const rareWordsSchema: z.ZodType<RareWords> = z.strictObject({
  word: z.string(),
  instead: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('pattern'), pattern: patternSchema }),
    z.strictObject({
      kind: z.literal('draw'),
      words: z.array(z.string()).min(1),
      shares: z.array(z.number()),
    }),
  ]),
})

/** The words of a column by whether they may come out, and how many rows have one that may not. */
export interface SortedWords {
  readonly common: ReadonlySet<Word>
  readonly rareRows: number
  /** What stands for the others; undefined where there are none, or where nothing may come out in their place. */
  readonly rare: RareWords | undefined
}

/**
 * Sorts the words of a column: a word may come out if at least `leastRows` rows have it and it is no e-mail address or the like.
 * A gap is no word. Truth values are nobody's, so all of them may.
 */
export function sortWords(words: readonly Word[], type: string, leastRows: number): SortedWords {
  const counts = new Map<Word, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  const all = [...counts]
  const mayComeOut = ([word, count]: readonly [Word, number]): boolean =>
    word === null || type === 'BOOLEAN' || leastRows <= 1 || (count >= leastRows && !isTelling(word))
  const common = all.filter(mayComeOut)
  const rareRows = all.reduce((sum, entry) => sum + (mayComeOut(entry) ? 0 : entry[1]), 0)
  const known = new Set(common.map(([word]) => word))
  return { common: known, rareRows, rare: rareRows === 0 ? undefined : insteadOf(all, known) }
}

function insteadOf(
  all: readonly (readonly [Word, number])[],
  common: ReadonlySet<Word>,
): RareWords | undefined {
  const words = all.flatMap(([word]) => (word === null ? [] : [word]))
  const word = freeName(new Set(words))
  if (areCodes(words)) {
    const rare = words.filter((one) => !common.has(one))
    return { word, instead: { kind: 'pattern', pattern: newTo(words, rare) } }
  }
  const frequent = all.filter(([one]) => one !== null && common.has(one)) as [string, number][]
  if (frequent.length === 0) return undefined
  const total = frequent.reduce((sum, [, count]) => sum + count, 0)
  return {
    word,
    instead: {
      kind: 'draw',
      words: frequent.map(([one]) => one),
      shares: frequent.map(([, count]) => count / total),
    },
  }
}

/** The pattern of the rare words, by which none of all words is invented. */
function newTo(all: readonly string[], rare: readonly string[]): TextPattern {
  const masks = new Set(rare.map(maskOf))
  return patternOf(all.filter((word) => masks.has(maskOf(word))))
}

/** What stands in place of the rare word in these rows. name: the column's. */
export function drawInstead(
  { instead }: RareWords,
  { rows, count, name }: { readonly rows: RowOrigin; readonly count: number; readonly name: string },
): (row: number) => string {
  if (instead.kind === 'draw') {
    const { seed, first } = rows
    const stream = new RandomStream({ seed, name: `rare words/${name}` })
    const drawn = stream.categorical({ first, count, width: 1 }, instead.shares)
    return (row) => instead.words[drawn[row]!]!
  }
  const texts = inventTexts(instead.pattern, { rows, count, name })
  return (row) => texts[row]!
}

/** The words of a column with one for all that are not common. */
export function withRareWord(
  words: readonly Word[],
  common: ReadonlySet<Word>,
  rare: string,
): readonly Word[] {
  return words.map((word) => (word === null || common.has(word) ? word : rare))
}

/** A column of words with the rare ones as one; numbers stay what they are. */
export function pooledColumn(column: Column, common: ReadonlySet<Word>, rare: string): Column {
  return column.kind === 'text' ? { ...column, values: withRareWord(column.values, common, rare) } : column
}

function freeName(words: ReadonlySet<string>): string {
  let name = '(rare)'
  while (words.has(name)) name = `(${name})`
  return name
}
