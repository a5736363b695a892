import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { fixedOrder, fixedRows, freshRows, type RowSource, shuffledRows } from './rows.ts'

/** Rows whose values say which row they are: [10·row, 10·row + 1]. */
const numbered = (count: number): Float32Array =>
  Float32Array.from({ length: 2 * count }, (_, k) => 10 * Math.floor(k / 2) + (k % 2))

/** Examples first … first + count − 1. */
function examples(source: RowSource, first: number, count: number) {
  const rows = new Float32Array(count * source.dimension)
  const conditions = new Float32Array(count * source.conditionWidth)
  source.fill({ first, count, rows, conditions })
  return { rows, conditions }
}

/** Which rows these examples are. */
function rowNumbers(source: RowSource, first: number, count: number): number[] {
  const { rows } = examples(source, first, count)
  return Array.from({ length: count }, (_, i) => rows[2 * i]! / 10)
}

const sources: Readonly<Record<string, () => RowSource>> = {
  fixedRows: () => fixedRows({ rows: numbered(37), dimension: 2, seed: 4 }),
  fixedOrder: () =>
    fixedOrder({
      ...{ rows: numbered(37), conditions: Float32Array.from({ length: 37 }, (_, k) => -k) },
      ...{ dimension: 2, conditionWidth: 1 },
    }),
  shuffledRows: () =>
    shuffledRows({
      ...{ dimension: 2, conditionWidth: 1, rowCount: 37, seed: 4 },
      encode: (row, example, into, condition) => {
        into.set([10 * row, example])
        condition.set([-row])
      },
    }),
  freshRows: () => {
    const stream = new RandomStream({ seed: 1, name: 'rows' })
    return freshRows({ dimension: 2, sample: (range) => stream.normal({ ...range, width: 2 }) })
  },
}

describe.each(Object.entries(sources))('%s', (_, make) => {
  test('any split of the range, in any order, gives the same rows', () => {
    const whole = examples(make(), 0, 150)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(149), fc.integer({ min: 1, max: 80 })), { minLength: 1, maxLength: 6 }),
        (requests) => {
          const source = make()
          for (const [first, wanted] of requests) {
            const count = Math.min(wanted, 150 - first)
            const part = examples(source, first, count)
            expect(part.rows).toEqual(whole.rows.subarray(2 * first, 2 * (first + count)))
            const width = source.conditionWidth
            expect(part.conditions).toEqual(whole.conditions.subarray(width * first, width * (first + count)))
          }
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('shuffled rows', () => {
  const source = fixedRows({ rows: numbered(50), dimension: 2, seed: 9 })
  const epoch = (of: RowSource, k: number): number[] => rowNumbers(of, 50 * k, 50)

  test('every row once an epoch', () => {
    for (const k of [0, 1, 2, 1000, 2 ** 33])
      expect(epoch(source, k).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, row) => row))
  })

  test('each epoch in an order of its own, each seed too', () => {
    const orders = [0, 1, 2, 3].map((k) => epoch(source, k).join())
    const otherSeed = fixedRows({ rows: numbered(50), dimension: 2, seed: 10 })
    expect(new Set([...orders, epoch(otherSeed, 0).join()]).size).toBe(5)
  })

  test('every row is equally often in every place', () => {
    const few = fixedRows({ rows: numbered(4), dimension: 2, seed: 2 })
    const counts = new Float64Array(16)
    const epochs = 4000
    for (let k = 0; k < epochs; k++)
      rowNumbers(few, 4 * k, 4).forEach((row, place) => {
        counts[4 * row + place]! += 1
      })
    // χ² of a 4 × 4 table with fixed margins has 9 degrees of freedom: 27.9 at 0.1 %.
    const chiSquared = counts.reduce((sum, count) => sum + (count - epochs / 4) ** 2 / (epochs / 4), 0)
    expect(chiSquared).toBeLessThan(27.9)
  })

  test('the encoder hears which example it is for, and conditions go with their row', () => {
    const { rows, conditions } = examples(sources['shuffledRows']!(), 30, 20)
    for (let i = 0; i < 20; i++) {
      expect(rows[2 * i + 1]).toBe(30 + i)
      expect(conditions[i]).toBe(-rows[2 * i]! / 10)
    }
  })

  test('one row is every example', () => {
    const one = fixedRows({ rows: Float32Array.of(3, 4), dimension: 2, seed: 0 })
    expect([...examples(one, 5, 2).rows]).toEqual([3, 4, 3, 4])
  })
})

test('fixed order: one after the other, again and again', () => {
  expect(rowNumbers(sources['fixedOrder']!(), 35, 5)).toEqual([35, 36, 0, 1, 2])
})

test.each([
  ['no rows', new Float32Array(0)],
  ['half a row', new Float32Array(5)],
])('%s: an error that says so', (_, rows) => {
  const code = expect.objectContaining({ code: 'data/rows' })
  expect(() => fixedRows({ rows, dimension: 2, seed: 0 })).toThrow(code)
  const conditions = new Float32Array(0)
  expect(() => fixedOrder({ rows, conditions, dimension: 2, conditionWidth: 0 })).toThrow(code)
})
