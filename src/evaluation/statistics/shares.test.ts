import { describe, expect, test } from 'vitest'
import { difference } from './difference.ts'
import { shareEstimate } from './shares.ts'

describe('shares', () => {
  test('Wilson’s interval, as Newcombe prints it', () => {
    // Newcombe 1998 (two-sided intervals for the single proportion), table I, method 3: 81 of 263, 15 of 148, 0 of 20.
    for (const [count, of, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
    ] as const) {
      const found = shareEstimate(count / of, of)
      expect(found.low).toBeCloseTo(low, 4)
      expect(found.high).toBeCloseTo(high, 4)
    }
    expect(shareEstimate(0, 0)).toEqual({ value: 0, low: 0, high: 1 })
  })

  test('the interval of a difference, as Newcombe prints it', () => {
    // Newcombe 1998 (interval estimation for the difference), table II, method 10: 56/70 − 48/80, 9/10 − 3/10.
    for (const [one, ones, other, others, low, high] of [
      [56, 70, 48, 80, 0.0524, 0.3339],
      [9, 10, 3, 10, 0.1705, 0.809],
    ] as const) {
      const found = difference(shareEstimate(one / ones, ones), shareEstimate(other / others, others))
      expect(found.value).toBeCloseTo(one / ones - other / others, 12)
      expect(found.low).toBeCloseTo(low, 4)
      expect(found.high).toBeCloseTo(high, 4)
    }
  })
})
