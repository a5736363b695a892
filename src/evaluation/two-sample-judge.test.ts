import { describe, expect, it } from 'vitest'
import { rowsAt } from './rows.ts'
import { moved, normalRows } from './samples.test-helper.ts'
import { areaUnderCurve } from './statistics/area-under-curve.ts'
import { placements } from './statistics/placements.ts'
import { judgedArea, judgeRows } from './two-sample-judge.ts'

const range = (from: number, count: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => from + i)

describe('judgeRows', () => {
  it('judges equal rows together: no row is known by its twin', () => {
    // Each real row twice, each made row once: rows that repeat would else all be real.
    const distinct = normalRows({ name: 'real', count: 400, dimension: 2 })
    const reference = rowsAt(distinct, [...range(0, 400), ...range(0, 400)])
    const candidate = normalRows({ name: 'made', count: 800, dimension: 2 })
    const judged = judgeRows({ reference, candidate, seed: 1 })
    for (const { folds, scores } of judged.draws)
      for (let row = 0; row < 400; row++) {
        expect(folds[row]).toBe(folds[400 + row])
        expect(scores[row]).toBe(scores[400 + row])
      }
    const { value, low, high } = judgedArea(judged, range(0, 800), range(800, 800))
    expect(low).toBeLessThan(0.5)
    expect(high).toBeGreaterThan(0.5)
    // 400 rows twice tell as much as 400 rows, not as 800: the variance of their side doubles.
    const alone = judgedArea(
      { ...judged, groups: Int32Array.from(judged.groups.keys()) },
      range(0, 800),
      range(800, 800),
    )
    expect(alone.value).toBe(value)
    expect(((high - low) / (alone.high - alone.low)) ** 2).toBeCloseTo(1.5, 0)
  })
  it('stops early on many rows, and still comes near the best possible area', () => {
    const reference = normalRows({ name: 'a', count: 8000, dimension: 2 })
    const candidate = moved(normalRows({ name: 'b', count: 8000, dimension: 2 }), 1, 0.5)
    const judged = judgeRows({ reference, candidate, seed: 1 })
    // Φ(0.5) for a shift of ½ in both of two columns.
    const { value, low, high } = judgedArea(judged, range(0, 8000), range(8000, 8000))
    expect(Math.abs(value - 0.6915)).toBeLessThan(0.012)
    expect(low).toBeLessThan(0.6915)
    expect(high).toBeGreaterThan(0.68)
  })
  it('spreads rows over the folds evenly, whatever repeats', () => {
    const few = {
      values: Float64Array.from({ length: 1000 }, (_, row) => row % 13),
      count: 1000,
      dimension: 1,
    }
    const { folds } = judgeRows({ reference: few, candidate: few, seed: 0 }).draws[0]!
    const filled = [0, 1, 2, 3, 4].map((fold) => folds.filter((other) => other === fold).length)
    expect(Math.max(...filled) - Math.min(...filled)).toBeLessThan(2 * 155)
    expect(filled.every((count) => count > 0)).toBe(true)
  })
})

it('placement values average to the area, from both sides', () => {
  const [positives, negatives] = [Float64Array.of(3, 1, 2, 2), Float64Array.of(2, 0, 5)]
  const { area, ofPositives, ofNegatives } = placements(positives, negatives)
  expect(area).toBeCloseTo(areaUnderCurve(positives, negatives), 14)
  expect([...ofPositives].map((share) => share * 6)).toEqual([4, 2, 3, 3])
  expect(ofNegatives.reduce((sum, share) => sum + share / 3, 0)).toBeCloseTo(area, 14)
})
