import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream, ScorefieldError } from '../base/index.ts'
import { type RowSplit, splitRows } from './split.ts'
import { numbers, tableOf } from './table/fixtures.test-helper.ts'
import { rowHashes } from './table/row-hash.ts'

const hashesOf = (values: readonly number[]): Float64Array => rowHashes(tableOf(numbers('x', values)))
const counting = (count: number): Float64Array => hashesOf(Array.from({ length: count }, (_, row) => row))
const parts = ({ train, validation, test }: RowSplit): Int32Array[] => [train, validation, test]

/** Shares that leave something to learn from. */
const shares = fc
  .tuple(fc.double({ min: 0.01, max: 0.45, noNaN: true }), fc.double({ min: 0.01, max: 0.45, noNaN: true }))
  .map(([validation, test]) => ({ validation, test }))

/** Rows by the values in them, of which there may be copies: no value has more than ten. */
const repeating = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 10 })), {
    minLength: 60,
    maxLength: 120,
  })
  .map((drawn) => [...new Map(drawn)].flatMap(([value, copies]) => Array<number>(copies).fill(value)))

describe('splitRows', () => {
  test('every row is in one part, none is empty, and of different rows there are as many as wanted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 500 }), fc.nat(), shares, (rowCount, seed, wanted) => {
        const split = splitRows({ hashes: counting(rowCount), seed, ...wanted })
        expect(
          parts(split)
            .flatMap((rows) => [...rows])
            .sort((a, b) => a - b),
        ).toEqual([...Array(rowCount).keys()])
        for (const rows of parts(split)) expect(rows.length).toBeGreaterThan(0)
        const test = Math.min(rowCount - 2, Math.max(1, Math.round(wanted.test * rowCount)))
        expect(split.test.length).toBe(test)
        expect(split.validation.length).toBe(
          Math.min(rowCount - 1 - test, Math.max(1, Math.round(wanted.validation * rowCount))),
        )
        expect(split.dividedRows).toBe(0)
      }),
    )
  })

  test('equal rows lie in one part, and the shares are met up to the last copies', () => {
    fc.assert(
      fc.property(repeating, fc.nat(), (values, seed) => {
        const split = splitRows({ hashes: hashesOf(values), seed, validation: 0.1, test: 0.2 })
        const different = parts(split).map((rows) => new Set(Array.from(rows, (row) => values[row]!)).size)
        expect(different.reduce((sum, size) => sum + size)).toBe(new Set(values).size)
        expect(Math.abs(split.test.length - 0.2 * values.length)).toBeLessThanOrEqual(10)
        expect(Math.abs(split.validation.length - 0.1 * values.length)).toBeLessThanOrEqual(10)
      }),
    )
  })

  test('the order of the table does not matter: each part has the same rows, in the same order', () => {
    fc.assert(
      fc.property(
        fc.oneof(repeating, fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 40, maxLength: 200 })),
        fc.nat(),
        (values, seed) => {
          fc.pre(new Set(values).size > 1)
          const order = new RandomStream({ seed, name: 'order' }).permutation({
            index: 0,
            size: values.length,
          })
          const shuffled = Array.from(order, (row) => values[row]!)
          const valuesOf = (rows: readonly number[]): number[][] =>
            parts(splitRows({ hashes: hashesOf(rows), seed, validation: 0.1, test: 0.2 })).map((part) =>
              Array.from(part, (row) => rows[row]!),
            )
          expect(valuesOf(shuffled)).toEqual(valuesOf(values))
        },
      ),
    )
  })

  test('the same seed gives the same rows, another seed others, a larger share more', () => {
    const of = (seed: number, test = 0.1): Int32Array =>
      splitRows({ hashes: counting(1000), seed, validation: 0, test }).test
    const few = of(7)
    expect(of(7)).toEqual(few)
    expect([...of(8)].sort()).not.toEqual([...few].sort())
    const more = new Set(of(7, 0.3))
    expect(few.every((row) => more.has(row))).toBe(true)
  })

  test('rows early and late, of small and of large values are held out alike', () => {
    // 1,000 of 10,000: those in the first half are hypergeometric, 500 ± 15; five of those is the band.
    const { test: heldOut } = splitRows({ hashes: counting(10_000), seed: 3, validation: 0, test: 0.1 })
    expect(Math.abs(heldOut.filter((row) => row < 5000).length - 500)).toBeLessThan(75)
    // In the order of the hashes, not of the table.
    expect(Math.abs(heldOut.subarray(0, 500).filter((row) => row < 5000).length - 250)).toBeLessThan(56)
  })

  test('nothing is held out where nothing is wanted', () => {
    const split = splitRows({ hashes: counting(9), seed: 0, validation: 0, test: 0 })
    expect(parts(split).map((rows) => rows.length)).toEqual([9, 0, 0])
  })
})

describe('rows with very many copies', () => {
  test('are divided in proportion; all others lie on one side', () => {
    // A third of 3,000 rows are one; 200 rows are there ten times each.
    const values = [...Array<number>(1000).fill(-1), ...Array.from({ length: 2000 }, (_, row) => row % 200)]
    const split = splitRows({ hashes: hashesOf(values), seed: 5, validation: 0.05, test: 0.1 })
    expect([split.dividedRows, split.dividedCopies]).toEqual([1, 1000])
    const zeros = (rows: Int32Array): number => rows.filter((row) => values[row] === -1).length
    expect(Math.abs(zeros(split.test) - 100)).toBeLessThanOrEqual(1)
    expect(Math.abs(zeros(split.validation) - 50)).toBeLessThanOrEqual(1)
    const sides = new Map<number, Set<number>>()
    parts(split).forEach((rows, part) => {
      for (const row of rows) sides.set(values[row]!, (sides.get(values[row]!) ?? new Set()).add(part))
    })
    expect([...sides].filter(([, of]) => of.size > 1).map(([value]) => value)).toEqual([-1])
  })

  test('a table of a few rows again and again is divided by them', () => {
    const values = Array.from({ length: 900 }, (_, row) => row % 9)
    const split = splitRows({ hashes: hashesOf(values), seed: 1, validation: 0.05, test: 0.1 })
    expect(split.dividedRows).toBe(9)
    expect(split.test.length).toBe(90)
    for (let value = 0; value < 9; value++)
      expect(Math.abs(split.test.filter((row) => values[row] === value).length - 10)).toBeLessThanOrEqual(1)
  })

  test('two rows alone', () => {
    const values = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]
    const split = splitRows({ hashes: hashesOf(values), seed: 1, validation: 0, test: 0.3 })
    expect(split.test.length).toBe(4)
    expect(new Set(Array.from(split.train, (row) => values[row]))).toEqual(new Set([1, 2]))
  })
})

test.each([
  [{ rows: 1, validation: 0, test: 0.1 }, 'data/too-few-rows'],
  [{ rows: 2, validation: 0.1, test: 0.1 }, 'data/too-few-rows'],
  [{ rows: 10, validation: 0, test: 1 }, 'usage/share'],
  [{ rows: 10, validation: 0.5, test: 0.5 }, 'usage/share'],
  [{ rows: 10, validation: -0.1, test: 0.5 }, 'usage/share'],
  [{ rows: 10, validation: 0, test: Number.NaN }, 'usage/share'],
])('%j is %s', ({ rows, ...wanted }, code) => {
  const split = (): RowSplit => splitRows({ hashes: counting(rows), seed: 0, ...wanted })
  expect(split).toThrow(ScorefieldError)
  expect(split).toThrow(expect.objectContaining({ code }))
})

test('a table whose rows are all equal cannot be split', () => {
  const split = (): RowSplit =>
    splitRows({ hashes: hashesOf([3, 3, 3, 3]), seed: 0, validation: 0, test: 0.3 })
  expect(split).toThrow(expect.objectContaining({ code: 'data/all-rows-equal' }))
})
