import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimalsNeeded, decimalsOf, fitsDecimals, usualDecimals } from './decimals.ts'

describe('decimals', () => {
  test.each([
    [0, 0],
    [-0, 0],
    [12, 0],
    [1e300, 0],
    [0.1, 1],
    [-2.25, 2],
    [3.38e-5, 7],
    [1e-7, 7],
    [1.5e-10, 11],
    [Number.NaN, 0],
    [9.53333333333333, 14],
  ])('%d has %d digits after the point', (value, decimals) => {
    expect(decimalsOf(value)).toBe(decimals)
  })

  test('a decimal number fits the digits it was written with', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 9 }), (units, decimals) => {
        const value = Number(`${units}e-${decimals}`)
        expect(fitsDecimals(value, decimals)).toBe(true)
        expect(decimalsOf(value)).toBeLessThanOrEqual(decimals)
      }),
    )
  })

  test('fitsDecimals is decimalsOf ≤ decimals, for any number', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 0, max: 30 }),
        (value, d) => {
          expect(fitsDecimals(value, d)).toBe(decimalsOf(value) <= d)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('the digits of a column: of the longest value, and of the usual ones', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => (i < 4 ? 9.53333 : i < 50 ? 8 : i / 10))
    expect(decimalsNeeded(values)).toBe(5)
    expect(usualDecimals(values, 0.95)).toBe(1)
    expect(usualDecimals(values, 1)).toBe(5)
    expect(usualDecimals(Float64Array.of(Number.NaN, 0.25), 0.95)).toBe(2)
    expect(usualDecimals(new Float64Array(0), 0.95)).toBe(0)
  })
})
