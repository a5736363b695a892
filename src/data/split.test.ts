import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ScorefieldError } from '../engine/error.ts'
import { splitRows } from './split.ts'

describe('splitRows', () => {
  test('every row is in one of the two, both ascending, and neither is empty', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 500 }),
        fc.nat(),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (rowCount, seed, share) => {
          const { train, heldOut } = splitRows({ rowCount, seed, share })
          expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual([...Array(rowCount).keys()])
          for (const rows of [train, heldOut]) expect([...rows]).toEqual([...rows].sort((a, b) => a - b))
          expect(train.length).toBeGreaterThan(0)
          expect(heldOut.length).toBe(Math.min(rowCount - 1, Math.max(1, Math.round(share * rowCount))))
        },
      ),
    )
  })

  test('a tenth unless told, at most 5,000 rows', () => {
    expect(splitRows({ rowCount: 4898, seed: 0 }).heldOut.length).toBe(490)
    expect(splitRows({ rowCount: 60_000, seed: 0 }).heldOut.length).toBe(5000)
    expect(splitRows({ rowCount: 2, seed: 0 }).heldOut.length).toBe(1)
  })

  test('the same seed gives the same rows, another seed others, a larger share more', () => {
    const few = splitRows({ rowCount: 1000, seed: 7 }).heldOut
    expect(splitRows({ rowCount: 1000, seed: 7 }).heldOut).toEqual(few)
    expect(splitRows({ rowCount: 1000, seed: 8 }).heldOut).not.toEqual(few)
    const more = new Set(splitRows({ rowCount: 1000, seed: 7, share: 0.3 }).heldOut)
    expect(few.every((row) => more.has(row))).toBe(true)
  })

  test('rows early and late are held out alike', () => {
    // 1,000 of 10,000: those in the first half are hypergeometric, 500 ± 15; five of those is the band.
    const { heldOut } = splitRows({ rowCount: 10_000, seed: 3 })
    const early = heldOut.filter((row) => row < 5000).length
    expect(Math.abs(early - 500)).toBeLessThan(75)
  })

  test.each([
    [{ rowCount: 1, seed: 0 }, 'data/too-few-rows'],
    [{ rowCount: 10, seed: 0, share: 1 }, 'usage/share'],
    [{ rowCount: 10, seed: 0, mostRows: 0 }, 'usage/share'],
  ])('%j is %s', (options, code) => {
    expect(() => splitRows(options)).toThrow(ScorefieldError)
    expect(() => splitRows(options)).toThrow(expect.objectContaining({ code }))
  })
})
