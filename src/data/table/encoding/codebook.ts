import type { WordsPart } from '../../../family/index.ts'
import type { Codes } from './codes.ts'

/**
 * Words as points: word k lies at vectors[k], spread by normal noise of standard deviation `spread` in each coordinate.
 *
 * q(x | k) = N(x; vectors[k], spread² I). Points are decoded to the nearest vector. With vectors at least 8 spreads apart
 * less than 1 in 10⁴ points is decoded to another word, so for a density p of points
 * log P(k) ≥ E_q[log p(x) − log q(x | k)] is all but an equation (Theis et al. 2016; Hoogeboom et al. 2021).
 */
export interface Codebook {
  /** [K][w]. */
  readonly vectors: readonly Float64Array[]
  readonly width: number
  readonly spread: number
}

/** The codebook as a part of a row. */
export function wordsPart({ vectors, spread }: Codebook, counts: readonly number[]): WordsPart {
  return { kind: 'words', vectors, spread, shares: sharesOf(counts) }
}

/** The share of each word, [K], above 0: one that was never counted has half a count. */
function sharesOf(counts: readonly number[]): number[] {
  const weights = counts.map((count) => Math.max(count, 0.5))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/**
 * The vectors moved so that words of these counts have mean 0.
 *
 * Sampling starts from noise around 0: a mean elsewhere would be missing there, and rare words come out too often.
 */
export function centred(vectors: readonly Float64Array[], counts: readonly number[]): Float64Array[] {
  const shares = sharesOf(counts)
  const mean = new Float64Array(vectors[0]?.length ?? 0)
  vectors.forEach((vector, word) => {
    vector.forEach((value, k) => {
      mean[k]! += shares[word]! * value
    })
  })
  return vectors.map((vector) => vector.map((value, k) => value - mean[k]!))
}

/** Writes the codes of word indices, spread by standard normal `noise` [n, w], or exactly at the vectors without. */
export function writeWords(book: Codebook, words: Int32Array, codes: Codes, noise?: Float32Array): void {
  const { vectors, width, spread } = book
  const { values, offset, stride } = codes
  for (let row = 0; row < words.length; row++) {
    const vector = vectors[words[row]!]!
    const at = offset + row * stride
    const drawn = row * width
    if (noise) for (let k = 0; k < width; k++) values[at + k] = vector[k]! + spread * noise[drawn + k]!
    else for (let k = 0; k < width; k++) values[at + k] = vector[k]!
  }
}

/** The index of the nearest vector to each code, [n]. */
export function nearestWords({ vectors, width }: Codebook, codes: Float64Array, count: number): Int32Array {
  const nearest = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    let least = Number.POSITIVE_INFINITY
    for (let word = 0; word < vectors.length; word++) {
      const vector = vectors[word]!
      let distance = 0
      for (let k = 0; k < width; k++) distance += (codes[row * width + k]! - vector[k]!) ** 2
      if (distance < least) {
        least = distance
        nearest[row] = word
      }
    }
  }
  return nearest
}

/** −log q(x | nearest word) of each code, [n], in nats. */
export function minusLogSpread(book: Codebook, codes: Float64Array, count: number): Float64Array {
  const { vectors, width, spread } = book
  const words = nearestWords(book, codes, count)
  const constant = (width / 2) * Math.log(2 * Math.PI * spread * spread)
  return Float64Array.from(words, (word, row) => {
    let distance = 0
    for (let k = 0; k < width; k++) distance += (codes[row * width + k]! - vectors[word]![k]!) ** 2
    return constant + distance / (2 * spread * spread)
  })
}

/**
 * The corners of a regular simplex: K points in K − 1 dimensions, each at `distance` from every other, centred at 0.
 *
 * One-hot vectors without their redundant direction: rows of the Helmert basis, so two words are ±distance/2.
 */
export function simplexVectors(count: number, distance: number): Float64Array[] {
  const scale = distance / Math.SQRT2
  return Array.from({ length: count }, (_, word) =>
    Float64Array.from({ length: count - 1 }, (_, k) => {
      const norm = Math.sqrt((k + 1) * (k + 2))
      if (word <= k) return scale / norm
      return word === k + 1 ? (-scale * (k + 1)) / norm : 0
    }),
  )
}

/** Words 0 … K − 1 written in ⌈log₂ K⌉ binary digits, each ±distance/2. Chen, Zhang & Hinton 2023, "Analog bits". */
export function bitVectors(count: number, distance: number): Float64Array[] {
  const width = Math.max(1, Math.ceil(Math.log2(count)))
  return Array.from({ length: count }, (_, word) =>
    Float64Array.from({ length: width }, (_, bit) => ((word >> bit) & 1 ? distance / 2 : -distance / 2)),
  )
}
