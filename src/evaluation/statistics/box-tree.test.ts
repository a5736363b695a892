import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { BoxTree, Neighbours } from './box-tree.ts'
import type { MixedRows } from './mixed-rows.ts'

/** Rows of p numbers and c codes; `grid`: numbers are whole, so that many distances are equal. */
function someRows(options: { count: number; p: number; c: number; seed: number; grid?: boolean }): MixedRows {
  const { count, p, c, seed, grid } = options
  const z = new RandomStream({ seed, name: 'rows' }).normal({ first: 0, count, width: p + c + 1 })
  const at = (row: number, k: number): number => z[row * (p + c + 1) + k]!
  const numbers = Float64Array.from({ length: count * p }, (_, i) => {
    const value = at(Math.floor(i / p), i % p)
    return grid ? Math.round(value) : value
  })
  const codes = Int32Array.from({ length: count * c }, (_, i) =>
    Math.round(2 * at(Math.floor(i / c), p + (i % c))),
  )
  // What a row is, said without hashing: the place of its text among all texts.
  const texts = Array.from({ length: count }, (_, row) =>
    JSON.stringify([[...numbers.subarray(row * p, row * p + p)], [...codes.subarray(row * c, row * c + c)]]),
  )
  const places = new Map<string, number>()
  for (const text of texts) if (!places.has(text)) places.set(text, places.size)
  return {
    count,
    numbers,
    numberWidth: p,
    codes,
    codeWidth: c,
    lows: Uint32Array.from(texts, (text) => places.get(text)!),
    highs: new Uint32Array(count).fill(seed),
  }
}

/** All distances, sorted: the different rows nearest to row `row`, and how many rows are as near as the nearest. */
function byHand(
  of: MixedRows,
  row: number,
  among: readonly MixedRows[],
  most: number,
): { squared: number[]; ties: number } {
  const all = among.flatMap((rows) =>
    Array.from({ length: rows.count }, (_, other) => {
      let squared = 0
      for (let k = 0; k < rows.codeWidth; k++)
        squared += of.codes[row * rows.codeWidth + k] === rows.codes[other * rows.codeWidth + k] ? 0 : 1
      for (let k = 0; k < rows.numberWidth; k++)
        squared +=
          (of.numbers[row * rows.numberWidth + k]! - rows.numbers[other * rows.numberWidth + k]!) ** 2
      return { squared, what: `${rows.lows[other]} ${rows.highs[other]}` }
    }),
  )
  all.sort((a, b) => a.squared - b.squared)
  const once = all.filter(({ what }, i) => all.findIndex((other) => other.what === what) === i)
  return {
    squared: Array.from({ length: most }, (_, k) => once[k]?.squared ?? Number.POSITIVE_INFINITY),
    ties: all.filter(({ squared }) => squared === all[0]!.squared).length,
  }
}

describe('BoxTree', () => {
  const cases = [
    { name: 'numbers', p: 4, c: 0 },
    { name: 'numbers on a grid', p: 3, c: 0, grid: true },
    { name: 'codes', p: 0, c: 5 },
    { name: 'both', p: 3, c: 2 },
    { name: 'both, on a grid', p: 2, c: 2, grid: true },
    { name: 'many columns', p: 12, c: 6 },
  ]
  for (const { name, ...columns } of cases)
    test(`finds what looking at all distances finds: ${name}`, () => {
      const queries = someRows({ count: 60, seed: 1, ...columns })
      const sets = [
        someRows({ count: 700, seed: 2, ...columns }),
        someRows({ count: 301, seed: 3, ...columns }),
      ]
      const found = new Neighbours(queries, 3)
      for (const rows of sets) new BoxTree(rows).search(found)
      for (let row = 0; row < queries.count; row++) {
        const { squared, ties } = byHand(queries, row, sets, 3)
        // Sums of the same numbers in another order differ in their last bits.
        for (let k = 0; k < 3; k++) expect(found.squared[3 * row + k]).toBeCloseTo(squared[k]!, 10)
        expect(found.ties[row], `row ${row}`).toBe(ties)
      }
    })

  test('one row, rows that are all equal, and no row', () => {
    const one = someRows({ count: 1, p: 2, c: 1, seed: 4 })
    const many: MixedRows = {
      ...one,
      count: 500,
      numbers: Float64Array.from({ length: 1000 }, (_, i) => one.numbers[i % 2]!),
      codes: new Int32Array(500).fill(one.codes[0]!),
      lows: new Uint32Array(500).fill(7),
      highs: new Uint32Array(500),
    }
    const none = someRows({ count: 0, p: 2, c: 1, seed: 4 })
    const found = new Neighbours(one, 2)
    for (const rows of [none, many]) new BoxTree(rows).search(found)
    expect([...found.squared]).toEqual([0, Number.POSITIVE_INFINITY])
    expect([...found.ties]).toEqual([500])
  })

  test('numbers that hardly differ do not stop it', () => {
    const rows = someRows({ count: 4000, p: 1, c: 0, seed: 5 })
    const narrow = { ...rows, numbers: rows.numbers.map((value, row) => (row < 3990 ? 0 : value)) }
    const found = new Neighbours(someRows({ count: 5, p: 1, c: 0, seed: 6 }), 1)
    new BoxTree(narrow).search(found)
    for (let row = 0; row < 5; row++)
      expect(found.squared[row]).toBeCloseTo(byHand(found.of, row, [narrow], 1).squared[0]!, 12)
  })
})
