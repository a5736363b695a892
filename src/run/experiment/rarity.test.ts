import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { isTooRare, patienceSeconds, rarest, rowsToLookAt, secondsLeft } from './rarity.ts'

test('what is drawn before the next look is bounded, and no more than is needed at the share found', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 0, max: 1e5 }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (left, kept, share) => {
        const drawn = Math.max(1, Math.round(kept / share))
        const rows = rowsToLookAt({ kept, drawn, seconds: 1 }, kept + left)
        expect(rows).toBeGreaterThanOrEqual(1)
        expect(rows).toBeLessThanOrEqual(4096)
        if (kept > 0 && rows > 1)
          expect(rows * (kept / drawn)).toBeLessThanOrEqual(left * (kept / Math.min(kept, drawn)))
      },
    ),
  ))

test('gives up hopeless conditions, and hardly ever one that is not', () => {
  const givesUp = (share: number, seed: number): number | undefined => {
    const chance = new RandomStream({ seed, name: 'search' })
    let kept = 0
    for (let drawn = 4096; drawn <= 400_000; drawn += 4096) {
      const draws = chance.uniform({ first: drawn, count: 4096, width: 1 })
      kept += draws.filter((u) => u < share).length
      if (isTooRare({ kept, drawn, seconds: 1 }, patienceSeconds)) return drawn
    }
    return undefined
  }
  expect(givesUp(0, 1)).toBeLessThanOrEqual(3 * rarest + 4096)
  const seeds = Array.from({ length: 40 }, (_, seed) => seed)
  expect(seeds.filter((seed) => givesUp(2 / rarest, seed) !== undefined).length).toBeLessThanOrEqual(4)
  expect(seeds.filter((seed) => givesUp(10 / rarest, seed) !== undefined)).toEqual([])
})

test('a minute in vain is enough, whatever was drawn in it', () => {
  expect(isTooRare({ kept: 0, drawn: 100, seconds: patienceSeconds }, patienceSeconds)).toBe(true)
  expect(isTooRare({ kept: 0, drawn: 100, seconds: patienceSeconds - 1 }, patienceSeconds)).toBe(false)
  expect(isTooRare({ kept: 1, drawn: 100, seconds: 1e4 }, patienceSeconds)).toBe(false)
})

test('the time left follows the pace', () => {
  expect(secondsLeft({ kept: 10, drawn: 1000, seconds: 5 }, 110)).toBe(50)
  expect(secondsLeft({ kept: 0, drawn: 1000, seconds: 5 }, 110)).toBe(undefined)
})
