import { type Codebook, codesOf, minusLogSpread, nearestWords, simplexVectors } from './codebook.ts'
import type { FittedEncoder } from './column-encoder.ts'

/** Coordinate of a gap and of a value: ±1, an eighth of their distance spread. */
const book: Codebook = { vectors: simplexVectors(2, 2), width: 1, spread: 0.25 }

/** Place of "there is a value" in the codebook. */
const present = 0
const absent = 1

/**
 * An encoder of numbers with gaps (NaN): one coordinate says whether there is a value, those after it which.
 *
 * Where there is none, they are standard normal noise, whose density log p(row) is freed of: −log φ.
 */
export function withPresence(inner: FittedEncoder<'number'>): FittedEncoder<'number'> {
  const width = 1 + inner.width
  return {
    width,
    parameters: inner.parameters,
    encode: (values, noise) => {
      const codes = new Float64Array(values.length * width)
      const filled = values.filter((value) => !Number.isNaN(value))
      const stand = filled[0] ?? 0
      const encoded = inner.encode(
        values.map((value) => (Number.isNaN(value) ? stand : value)),
        noise,
      )
      const words = Int32Array.from(values, (value) => (Number.isNaN(value) ? absent : present))
      const normals = noise?.normal(width, 'presence')
      const first = normals?.filter((_, i) => i % width === 0)
      const presence = codesOf(book, words, first)
      for (let row = 0; row < values.length; row++) {
        codes[row * width] = presence[row]!
        for (let k = 1; k < width; k++)
          codes[row * width + k] =
            words[row] === absent ? (normals?.[row * width + k] ?? 0) : encoded[row * (width - 1) + k - 1]!
      }
      return codes
    },
    decode: (codes, count) => {
      const words = nearestWords(book, presenceOf(codes, count, width), count)
      const values = inner.decode(valuesOf(codes, count, width), count)
      return values.map((value, row) => (words[row] === absent ? Number.NaN : value))
    },
    logDerivative: (codes, count) => {
      const presence = presenceOf(codes, count, width)
      const words = nearestWords(book, presence, count)
      const value = inner.logDerivative(valuesOf(codes, count, width), count)
      return minusLogSpread(book, presence, count).map((term, row) => {
        if (words[row] === present) return term + value[row]!
        let filler = 0
        for (let k = 1; k < width; k++) filler += codes[row * width + k]! ** 2 / 2 + Math.log(2 * Math.PI) / 2
        return term + filler
      })
    },
  }
}

function presenceOf(codes: Float64Array, count: number, width: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => codes[row * width]!)
}

function valuesOf(codes: Float64Array, count: number, width: number): Float64Array {
  const values = new Float64Array(count * (width - 1))
  for (let row = 0; row < count; row++)
    values.set(codes.subarray(row * width + 1, (row + 1) * width), row * (width - 1))
  return values
}
