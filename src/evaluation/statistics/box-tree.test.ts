import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { BoxTree, Neighbours } from './box-tree.ts'
import type { MixedRows } from './mixed-rows.ts'

/** Rows of p numbers and c codes; `grid`: numbers are whole, so that many distances are equal; `many`: so many codes, about. */
function someRows(options: {
  count: number
  p: number
  c: number
  seed: number
  power?: 1 | 2
  grid?: boolean
  many?: number
}): MixedRows {
  const { count, p, c, seed, power = 2, grid, many = 12 } = options
  const z = new RandomStream({ seed, name: 'rows' }).normal({ first: 0, count, width: p + c + 1 })
  const at = (row: number, k: number): number => z[row * (p + c + 1) + k]!
  const numbers = Float64Array.from({ length: count * p }, (_, i) => {
    const value = at(Math.floor(i / p), i % p)
    return grid ? Math.round(value) : value
  })
  const codes = Int32Array.from({ length: count * c }, (_, i) =>
    Math.round((many / 6) * at(Math.floor(i / c), p + (i % c))),
  )
  // What a row is, said without hashing: the place of its text among all texts.
  const texts = Array.from({ length: count }, (_, row) =>
    JSON.stringify([[...numbers.subarray(row * p, row * p + p)], [...codes.subarray(row * c, row * c + c)]]),
  )
  const places = new Map<string, number>()
  for (const text of texts) if (!places.has(text)) places.set(text, places.size)
  return {
    power,
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
): { apart: number[]; ties: number } {
  const all = among.flatMap((rows) =>
    Array.from({ length: rows.count }, (_, other) => {
      let apart = 0
      for (let k = 0; k < rows.codeWidth; k++)
        apart += of.codes[row * rows.codeWidth + k] === rows.codes[other * rows.codeWidth + k] ? 0 : 1
      for (let k = 0; k < rows.numberWidth; k++)
        apart +=
          Math.abs(of.numbers[row * rows.numberWidth + k]! - rows.numbers[other * rows.numberWidth + k]!) **
          rows.power
      return { apart, what: `${rows.lows[other]} ${rows.highs[other]}` }
    }),
  )
  all.sort((a, b) => a.apart - b.apart)
  const once = all.filter(({ what }, i) => all.findIndex((other) => other.what === what) === i)
  return {
    apart: Array.from({ length: most }, (_, k) => once[k]?.apart ?? Number.POSITIVE_INFINITY),
    ties: all.filter(({ apart }) => apart === all[0]!.apart).length,
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
    { name: 'codes of which most are of one row', p: 2, c: 2, many: 900 },
    { name: 'nothing but such codes', p: 0, c: 3, many: 900 },
    { name: 'sums of differences', p: 4, c: 2, power: 1 },
    { name: 'sums of differences, on a grid', p: 3, c: 2, power: 1, grid: true },
  ] as const
  for (const { name, ...columns } of cases)
    test(`finds what looking at all distances finds: ${name}`, () => {
      const queries = someRows({ count: 60, seed: 1, ...columns })
      const sets = [
        someRows({ count: 700, seed: 2, ...columns }),
        someRows({ count: 301, seed: 3, ...columns }),
      ]
      const found = new Neighbours(queries, 3)
      const untied = new Neighbours(queries, 3, { countsTies: false })
      for (const rows of sets) for (const into of [found, untied]) new BoxTree(rows).search(into)
      for (let row = 0; row < queries.count; row++) {
        const { apart, ties } = byHand(queries, row, sets, 3)
        // Sums of the same numbers in another order differ in their last bits.
        for (let k = 0; k < 3; k++) expect(untied.apart[3 * row + k]).toBe(found.apart[3 * row + k])
        for (let k = 0; k < 3; k++) expect(found.apart[3 * row + k]).toBeCloseTo(apart[k]!, 10)
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
    expect([...found.apart]).toEqual([0, Number.POSITIVE_INFINITY])
    expect([...found.ties]).toEqual([500])
  })

  test('numbers that hardly differ do not stop it', () => {
    const rows = someRows({ count: 4000, p: 1, c: 0, seed: 5 })
    const narrow = { ...rows, numbers: rows.numbers.map((value, row) => (row < 3990 ? 0 : value)) }
    const found = new Neighbours(someRows({ count: 5, p: 1, c: 0, seed: 6 }), 1)
    new BoxTree(narrow).search(found)
    for (let row = 0; row < 5; row++)
      expect(found.apart[row]).toBeCloseTo(byHand(found.of, row, [narrow], 1).apart[0]!, 12)
  })
})
