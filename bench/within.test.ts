import { expect, it } from 'vitest'
import { RandomStream } from '../src/base/index.ts'
import { isWithin, partWithin } from './within.ts'

it('of right draws nine of ten are within where ties are shared out, whatever their distribution; with the ends it is more', () => {
  const [cells, draws] = [4000, 20]
  const u = new RandomStream({ seed: 1, name: 'cells' }).uniform({ first: 0, count: cells, width: draws + 1 })
  const shareOf = (quantile: (u: number) => number, within: typeof isWithin): number => {
    let sum = 0
    for (let i = 0; i < cells; i++) {
      const [truth, ...made] = Array.from(u.subarray(i * (draws + 1), (i + 1) * (draws + 1)), quantile)
      sum += within(made, truth!) / cells
    }
    return sum
  }
  const mostlyZero = (v: number): number => Math.max(0, v - 0.92)
  const words = (v: number): number => Math.floor(3 * v)
  // Four standard errors; the ends of 20 draws are those of 19/21.
  for (const quantile of [(v: number) => v, mostlyZero, words])
    expect(Math.abs(shareOf(quantile, partWithin) - 0.9)).toBeLessThan(0.02)
  expect(Math.abs(shareOf((v) => v, isWithin) - 19 / 21)).toBeLessThan(0.02)
  expect(shareOf(mostlyZero, isWithin)).toBeGreaterThan(0.95)
  expect(shareOf(words, isWithin)).toBeGreaterThan(0.95)
})
