import { bits } from './distribution.ts'
import { fill } from './fill.ts'
import type { Words2 } from './philox.ts'

/** Words fetched at once, a multiple of the four of a block. */
const chunk = 4096

/**
 * Fisher–Yates: from the last place down, each place s − 1 is exchanged with a uniform one of the s places up
 * to it.
 */
export function shuffled(key: Words2, index: number, size: number): Uint32Array {
  const order = new Uint32Array(size)
  for (let i = 0; i < size; i++) order[i] = i
  const below = uniformBelow(rowWords(key, index, size))
  for (let places = size; places > 1; places--) {
    const other = below(places)
    const value = order[other]!
    order[other] = order[places - 1]!
    order[places - 1] = value
  }
  return order
}

/** The words of one row, one after the other, fetched as they are needed. */
function rowWords(key: Words2, index: number, expected: number): () => number {
  const width = Math.min(chunk, Math.ceil(expected / 4) * 4 + 4)
  const words = new Uint32Array(width)
  let used = width
  let firstBlock = 0
  return () => {
    if (used === width) {
      fill(words, bits, { key, first: index, count: 1, width, counter: 0, firstBlock })
      firstBlock += width / 4
      used = 0
    }
    return words[used++]!
  }
}

/**
 * Exactly uniform on 0 … bound − 1: the high word of word × bound, drawn again in the few cases that would
 * favour some results.  Lemire 2019, "Fast random integer generation in an interval".  bound in [1, 2³¹].
 */
function uniformBelow(nextWord: () => number): (bound: number) => number {
  return (bound) => {
    for (;;) {
      const word = nextWord()
      const low = Math.imul(word, bound) >>> 0
      if (low < bound && low < 2 ** 32 % bound) continue
      // The 64-bit product in two exact parts of 48 bits.
      const part = word * (bound & 0xffff)
      return Math.floor((word * (bound >>> 16) + Math.floor(part / 2 ** 16)) / 2 ** 16)
    }
  }
}
