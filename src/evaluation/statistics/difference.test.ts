import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference, distanceFrom, negative } from './difference.ts'
import type { Estimate } from './estimate.ts'
import { shareEstimate } from './shares.ts'

const estimates = fc
  .tuple(
    fc.double({ min: -5, max: 5, noNaN: true }),
    fc.double({ min: 0, max: 3, noNaN: true }),
    fc.double({ min: 0, max: 3, noNaN: true }),
  )
  .map(([value, below, above]): Estimate => ({ value, low: value - below, high: value + above }))

describe('the interval of a difference', () => {
  it('is that of the literature for two shares', () => {
    // Newcombe 1998, Statistics in Medicine 17, 873–890, table II, method 10: 56 of 70 against 48 of 80.
    const { value, low, high } = difference(shareEstimate(56 / 70, 70), shareEstimate(48 / 80, 80))
    expect(value).toBeCloseTo(0.2, 12)
    expect(low).toBeCloseTo(0.0524, 4)
    expect(high).toBeCloseTo(0.3339, 4)
  })

  it('adds standard errors in quadrature where intervals are symmetric', () => {
    const found = difference({ value: 5, low: 2, high: 8 }, { value: 1, low: -3, high: 5 })
    expect(found).toEqual({ value: 4, low: -1, high: 9 })
  })

  it('turns its sign with the order', () =>
    fc.assert(
      fc.property(estimates, estimates, (a, b) => {
        const [ab, ba] = [difference(a, b), negative(difference(b, a))]
        for (const end of ['value', 'low', 'high'] as const) expect(ab[end]).toBeCloseTo(ba[end], 9)
      }),
    ))
})

describe('the distance from a centre', () => {
  it('holds the distance of every value of the interval, and no other', () =>
    fc.assert(
      fc.property(estimates, fc.double({ min: -2, max: 2, noNaN: true }), (given, centre) => {
        const { value, low, high } = distanceFrom(centre, given)
        const grid = Array.from({ length: 201 }, (_, i) =>
          Math.abs(given.low + ((given.high - given.low) * i) / 200 - centre),
        )
        const spacing = (given.high - given.low) / 200
        expect(Math.abs(Math.min(...grid) - low)).toBeLessThanOrEqual(spacing + 1e-12)
        expect(Math.abs(Math.max(...grid) - high)).toBeLessThanOrEqual(1e-12)
        expect(low <= value + 1e-12 && value <= high + 1e-12).toBe(true)
      }),
    ))
})
