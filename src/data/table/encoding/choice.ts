import { type RowPart, widthOf } from '../../../family/index.ts'
import { fitsDecimals } from '../decimals.ts'
import { wordDistance, wordSpread } from './category-encoders.ts'
import {
  type Codebook,
  centred,
  minusLogSpread,
  nearestWords,
  simplexVectors,
  wordsPart,
  writeWords,
} from './codebook.ts'
import { after, type Codes, pickRows } from './codes.ts'
import type { FittedEncoder } from './column-encoder.ts'
import type { PreparedColumn } from './column-encoding.ts'
import { type Grid, resolutionOf, snap } from './grid.ts'

/** Numbers written to the same digits. */
export interface NumberKind {
  /** What they lie on; null for numbers of any digits. */
  readonly grid: Grid | null
  /** Whether each stands for its cell of the grid, evenly spread over it. */
  readonly dequantised: boolean
}

/** What a number is before it is a number: one of a few masses, a gap, or a number of a kind. */
export interface Choice {
  /** The kinds, the fewest digits first; none where every number is a mass. */
  readonly kinds: readonly NumberKind[]
  /** Values so frequent that each is a choice of its own, ascending. */
  readonly masses: readonly number[]
  /** Whether a gap is one more choice. */
  readonly gaps: boolean
  /** Rows of each choice: the kinds, the masses, the gap. */
  readonly counts: readonly number[]
}

/** How many choices there are. */
export function choicesOf({ kinds, masses, gaps }: Choice): number {
  return kinds.length + masses.length + (gaps ? 1 : 0)
}

/** An encoder of numbers that also knows the cell that each code stands for. */
export interface ChoiceEncoder
  extends Pick<FittedEncoder<'number'>, 'width' | 'parts' | 'decode' | 'logDerivative'> {
  prepare(values: Float64Array): PreparedColumn
  /** log of the width of each code's cell, [n], nats: 0 for a mass, a gap and a number that is not dequantised. */
  logCells(codes: Float64Array, rows: number): Float64Array
}

/**
 * An encoder of numbers of which some are chosen and others measured: a gap, a mass such as 0 mm of rain, 40 hours or
 * 9999-12-31, or else a value of the inner encoder.
 *
 * The choice is a word, at a corner of a simplex; after it comes the value. Beside a mass or a gap the value's coordinates are
 * standard normal noise, of which log p(row) is freed: −log φ. So a mass counts with its probability, any other value with its
 * density: the measure is Lebesgue's plus one unit at each mass and one at the gap.
 * Where nothing is to be chosen there is no word, and the codes are the inner encoder's.
 */
export function withChoice(inner: FittedEncoder<'number'>, choice: Choice): ChoiceEncoder {
  const { kinds, masses } = choice
  const count = choicesOf(choice)
  const book: Codebook = {
    vectors: centred(simplexVectors(count, wordDistance), choice.counts),
    width: count - 1,
    spread: wordSpread(count),
  }
  const valueWidth = kinds.length === 0 ? 0 : inner.width
  const width = book.width + valueWidth
  const places = new Map(masses.map((mass, k) => [mass, kinds.length + k]))
  const absent = kinds.length + masses.length
  const choiceOf = (value: number): number =>
    Number.isNaN(value)
      ? absent
      : (places.get(value) ?? (kinds.length > 0 ? kindOf(kinds, value) : nearestOf(masses, value)))
  const chosenOf = (codes: Float64Array, rows: number): Int32Array =>
    count === 1
      ? new Int32Array(rows)
      : nearestWords(book, columnsOf(codes, rows, width, 0, book.width), rows)
  const valuesOf = (codes: Float64Array, rows: number): Float64Array =>
    count === 1 ? codes : columnsOf(codes, rows, width, book.width, valueWidth)

  /** Width of each kind's cell, over which its values are spread; 0 for none. */
  const cells = kinds.map(({ grid, dequantised }) => (dequantised && grid ? resolutionOf(grid) : 0))
  const writeFiller = (words: Int32Array, { values, offset, stride }: Codes, filler?: Float32Array): void => {
    for (let row = 0; row < words.length; row++) {
      if (words[row]! < kinds.length) continue
      for (let k = 0; k < valueWidth; k++)
        values[offset + row * stride + k] = filler ? filler[row * valueWidth + k]! : 0
    }
  }

  return {
    width,
    parts: partsOf(inner, choice, book),
    prepare: (values) => {
      const chosen = Int32Array.from(values, choiceOf)
      // What the inner encoder sees where nothing is measured; its code is not used.
      const stand = values[chosen.findIndex((word) => word < kinds.length)] ?? 0
      return {
        write: (rows, codes, noise) => {
          const words = pickRows(chosen, rows)
          if (count > 1) writeWords(book, words, codes, noise?.normal(book.width, 'choice'))
          if (valueWidth === 0) return
          const uniforms = noise?.uniform(1)
          const spread = new Float64Array(rows.length)
          for (let i = 0; i < rows.length; i++) {
            const value = values[rows[i]!]!
            const cell = cells[words[i]!]
            if (cell === undefined) spread[i] = stand
            else spread[i] = uniforms && cell > 0 ? value + cell * (uniforms[i]! - 0.5) : value
          }
          const rest = after(codes, book.width)
          inner.write(spread, rest, noise)
          if (count > 1) writeFiller(words, rest, noise?.normal(valueWidth, 'filler'))
        },
      }
    },
    decode: (codes, rows) => {
      const values = valueWidth === 0 ? new Float64Array() : inner.decode(valuesOf(codes, rows), rows)
      return Float64Array.from(chosenOf(codes, rows), (word, row) => {
        const kind = kinds[word]
        if (kind === undefined) return word === absent ? Number.NaN : masses[word - kinds.length]!
        return kind.grid === null ? values[row]! : snap(kind.grid, values[row]!)
      })
    },
    logDerivative: (codes, rows) => {
      const value = valueWidth === 0 ? undefined : inner.logDerivative(valuesOf(codes, rows), rows)
      if (count === 1) return value!
      const spread = minusLogSpread(book, columnsOf(codes, rows, width, 0, book.width), rows)
      return Float64Array.from(chosenOf(codes, rows), (word, row) => {
        if (word < kinds.length) return spread[row]! + value![row]!
        let filler = 0
        for (let k = book.width; k < width; k++)
          filler += (codes[row * width + k]! ** 2 + Math.log(2 * Math.PI)) / 2
        return spread[row]! + filler
      })
    },
    logCells: (codes, rows) =>
      Float64Array.from(chosenOf(codes, rows), (word) => {
        const kind = kinds[word]
        return kind?.dequantised && kind.grid ? Math.log(resolutionOf(kind.grid)) : 0
      }),
  }
}

/** The word that is chosen, then the values, which mean something beside the word of a kind only. */
function partsOf(inner: FittedEncoder<'number'>, choice: Choice, book: Codebook): readonly RowPart[] {
  if (choicesOf(choice) === 1) return inner.parts
  const within = { part: 0, words: choice.kinds.map((_, k) => k) }
  const values = choice.kinds.length === 0 ? [] : inner.parts
  // Words beside a choice are plain numbers to the model.
  return [
    wordsPart(book, choice.counts),
    ...values.map((part): RowPart => ({ kind: 'numbers', width: widthOf(part), within })),
  ]
}

/** The first kind whose digits suffice for the value; the last, if none does. */
export function kindOf(kinds: readonly NumberKind[], value: number): number {
  const place = kinds.findIndex(({ grid }) => grid === null || fitsDecimals(value, grid.decimals))
  return place < 0 ? kinds.length - 1 : place
}

/** Columns at … at + part − 1 of codes [rows, width], as [rows, part]. */
function columnsOf(codes: Float64Array, rows: number, width: number, at: number, part: number): Float64Array {
  const columns = new Float64Array(rows * part)
  for (let row = 0; row < rows; row++)
    columns.set(codes.subarray(row * width + at, row * width + at + part), row * part)
  return columns
}

/** The place of the entry of `sorted` that is nearest to `value`. */
export function nearestOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (sorted[middle]! <= value) low = middle
    else high = middle
  }
  return value - sorted[low]! <= sorted[high]! - value ? low : high
}
