import fc from 'fast-check'
import { expect, test } from 'vitest'
import { smoothed } from './smoothed.ts'

test('a constant stays what it is, from the first value on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: -50, max: 50 }), (count, value) => {
      for (const one of smoothed(new Array<number>(count).fill(value))) expect(one).toBeCloseTo(value, 9)
    }),
  )
})

test('by hand: the second of two values counts 0.3 to 0.21', () => {
  expect(smoothed([0, 1])[1]).toBeCloseTo(0.3 / 0.51, 12)
})
