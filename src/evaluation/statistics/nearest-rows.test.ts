import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type MixedRows, NearestRows } from './nearest-rows.ts'

/** Numbers, of which some repeat, and words of few values. */
function rowsOf(count: number, numbersPerRow: number, wordsPerRow: number, seed: number): MixedRows {
  const stream = new RandomStream({ seed, name: 'test/nearest' })
  const z = stream.normal({ first: 0, count, width: numbersPerRow + wordsPerRow })
  const width = numbersPerRow + wordsPerRow
  return {
    count,
    numbersPerRow,
    wordsPerRow,
    numbers: Float64Array.from(
      { length: count * numbersPerRow },
      (_, k) => Math.round(8 * z[Math.floor(k / numbersPerRow) * width + (k % numbersPerRow)]!) / 16,
    ),
    words: Int32Array.from({ length: count * wordsPerRow }, (_, k) =>
      Math.round(
        (1 + (k % wordsPerRow)) * z[Math.floor(k / wordsPerRow) * width + numbersPerRow + (k % wordsPerRow)]!,
      ),
    ),
  }
}

function squared(a: MixedRows, i: number, b: MixedRows, j: number): number {
  let sum = 0
  for (let k = 0; k < a.numbersPerRow; k++)
    sum += (a.numbers[i * a.numbersPerRow + k]! - b.numbers[j * b.numbersPerRow + k]!) ** 2
  for (let k = 0; k < a.wordsPerRow; k++)
    if (a.words[i * a.wordsPerRow + k] !== b.words[j * b.wordsPerRow + k]) sum += 2
  return sum
}

describe('NearestRows', () => {
  it.each([
    [3, 4],
    [5, 0],
    [0, 3],
    [1, 1],
  ])('finds what a search of all pairs finds, %i numbers and %i words', (numbers, words) => {
    const [rows, queries] = [rowsOf(300, numbers, words, 1), rowsOf(200, numbers, words, 2)]
    const least = (query: number, of: MixedRows, same: boolean): number => {
      let best = Number.POSITIVE_INFINITY
      for (let row = 0; row < 300; row++)
        if (!(same && row === query)) best = Math.min(best, squared(of, query, rows, row))
      return best
    }
    const tree = new NearestRows(rows)
    const found = tree.of(queries)
    const others = tree.of(rows, true)
    for (let query = 0; query < 200; query++) {
      expect(found.squaredDistance[query]).toBeCloseTo(least(query, queries, false), 12)
      expect(squared(queries, query, rows, found.row[query]!)).toBe(found.squaredDistance[query])
      expect(others.squaredDistance[query]).toBeCloseTo(least(query, rows, true), 12)
      expect(others.row[query]).not.toBe(query)
    }
  })
})
