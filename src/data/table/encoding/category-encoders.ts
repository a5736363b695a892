import { z } from 'zod'
import { normalQuantile } from '../../../base/index.ts'
import {
  bitVectors,
  type Codebook,
  centred,
  minusLogSpread,
  nearestWords,
  simplexVectors,
  wordsPart,
  writeWords,
} from './codebook.ts'
import { type ColumnEncoder, defineColumnEncoder } from './column-encoder.ts'
import { cellsAt, minusLogWithinCell, type NormalCells, normalCells, writeCells } from './normal-cells.ts'
import { countWords, placesOf, type Word } from './words.ts'

/** Distance of two words that differ, in units in which numbers have standard deviation 1. */
export const wordDistance = 2
/** How often the noise around a word may make another one of it. */
const confusion = 1 / 30_000

/**
 * Standard deviation of the noise around one of K words, so that a wrong word is 1 in 30,000: (K − 1) Φ(−distance/2s) = 1/30,000.
 */
export function wordSpread(count: number): number {
  return -wordDistance / (2 * normalQuantile(confusion / Math.max(1, count - 1)))
}

type Book = { words: Word[]; counts: number[]; distance: number; spread: number }

/** Codebooks are made anew of the words; a column's is made once. */
const remembered = new WeakMap<Book, Codebook>()

function codebookEncoder(options: {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly vectors: (count: number, distance: number) => Float64Array[]
}): ColumnEncoder<'text'> {
  const { vectors, ...said } = options
  const bookOf = (parameters: Book): Codebook => {
    const known = remembered.get(parameters)
    if (known) return known
    const made = centred(vectors(parameters.words.length, parameters.distance), parameters.counts)
    const book = { vectors: made, width: made[0]!.length, spread: parameters.spread }
    remembered.set(parameters, book)
    return book
  }
  return defineColumnEncoder<'text', Book>({
    ...said,
    kind: 'text',
    schema: z.strictObject({
      words: z.array(z.string().nullable()).min(2),
      counts: z.array(z.number().nonnegative()),
      distance: z.number().positive(),
      spread: z.number().positive(),
    }),
    fit: (values, { words }) => {
      const counted = countWords(values, words)
      return { ...counted, distance: wordDistance, spread: wordSpread(counted.words.length) }
    },
    width: (parameters) => bookOf(parameters).width,
    parts: (parameters) => [wordsPart(bookOf(parameters), parameters.counts)],
    lookUp: (values, { words }) => placesOf(values, words),
    write: (places, codes, parameters, noise) => {
      const book = bookOf(parameters)
      writeWords(book, places, codes, noise?.normal(book.width))
    },
    decode: (encoded, parameters, count) =>
      Array.from(nearestWords(bookOf(parameters), encoded, count), (word) => parameters.words[word]!),
    logDerivative: (encoded, parameters, count) => minusLogSpread(bookOf(parameters), encoded, count),
  })
}

/** K words as the corners of a regular simplex in K − 1 dimensions: one-hot vectors without the direction that never varies. */
export const simplex: ColumnEncoder<'text'> = codebookEncoder({
  name: 'simplex',
  summary:
    'words as the corners of a simplex, all equally far apart: one-hot without its redundant direction',
  source: 'Hoogeboom et al. 2021 (argmax)',
  vectors: simplexVectors,
})

/** K words as ⌈log₂ K⌉ binary digits. */
export const analogBits: ColumnEncoder<'text'> = codebookEncoder({
  name: 'analog-bits',
  summary: 'words numbered by frequency, as binary digits: few columns for many words',
  source: 'Chen, Zhang & Hinton 2023',
  vectors: bitVectors,
})

type Shares = { words: Word[]; counts: number[] }

const cells = new WeakMap<Shares, NormalCells>()

function cellsOf(parameters: Shares): NormalCells {
  const known = cells.get(parameters) ?? normalCells(parameters.counts)
  cells.set(parameters, known)
  return known
}

/** Words, ordered by frequency, as cells of the standard normal whose probabilities are the words' shares. */
export const normalCell: ColumnEncoder<'text'> = defineColumnEncoder<'text', Shares>({
  name: 'normal-cells',
  kind: 'text',
  summary:
    'words as cells of the standard normal, as wide as they are frequent: one column for any number of words',
  source: 'Uria, Murray & Larochelle 2013 (dequantisation)',
  schema: z
    .strictObject({ words: z.array(z.string().nullable()).min(2), counts: z.array(z.number().nonnegative()) })
    .refine(({ words, counts }) => words.length === counts.length, 'as many counts as words'),
  fit: (values, { words }) => countWords(values, words),
  width: () => 1,
  lookUp: (values, { words }) => placesOf(values, words),
  write: (places, codes, parameters, noise) =>
    writeCells(cellsOf(parameters), places, codes, noise?.uniform(1)),
  decode: (encoded, parameters) =>
    Array.from(cellsAt(cellsOf(parameters), encoded), (word) => parameters.words[word]!),
  logDerivative: (encoded, parameters) => minusLogWithinCell(cellsOf(parameters), encoded),
})
