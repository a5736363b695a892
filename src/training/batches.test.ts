import { describe, expect, test } from 'vitest'
import type { Source } from '../data/index.ts'
import { weightings } from '../objective/index.ts'
import { BatchMaker } from './batches.ts'
import { heldOutExamples } from './held-out.ts'
import { hundredRows, smallLearning } from './training.test-helper.ts'

const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 }

/** Levels uniform in ln σ, so that they tell u. */
const likelihood = weightings.find(({ name }) => name === 'likelihood')!
const learning = smallLearning({ weighting: 'likelihood', ...range })

function maker(seed: number, source: Source = hundredRows): BatchMaker {
  return new BatchMaker({ source, learning, seed, name: 'training' })
}

/** u of a noise level. */
const uOf = (sigma: number): number =>
  Math.log(sigma / range.sigmaMin) / Math.log(range.sigmaMax / range.sigmaMin)

/** The widest gap between neighbours on the circle of circumference 1. */
function widestGap(places: readonly number[]): number {
  const sorted = Float64Array.from(places).sort()
  return sorted.reduce(
    (widest, place, i) => Math.max(widest, (i + 1 < sorted.length ? sorted[i + 1]! : sorted[0]! + 1) - place),
    0,
  )
}

describe('one batch of 8 is 8 batches of 1', () => {
  const batches = maker(3)

  test.each([0, 95, 12_345, 2 ** 32 - 3, 2 ** 40 + 1])('bit for bit, from example %i', (first) => {
    const whole = batches.make(first, 8)
    for (let i = 0; i < 8; i++) {
      const one = maker(3).make(first + i, 1)
      for (const name of ['data', 'draw/noise', 'sigma', 'weight'] as const) {
        const width = whole[name]!.length / 8
        expect(one[name]).toEqual(whole[name]!.subarray(i * width, (i + 1) * width))
      }
    }
  })

  test('the arrays of a batch that is used up are taken again where they fit', () => {
    const fresh = maker(3).make(64, 8)
    const used = maker(3).make(0, 8)
    const again = maker(3).make(64, 8, used)
    expect(again).toEqual(fresh)
    for (const name of ['data', 'draw/noise', 'sigma', 'weight']) expect(again[name]).toBe(used[name])
    expect(maker(3).make(0, 3, again)).toEqual(maker(3).make(0, 3))
  })

  test('with conditions', () => {
    const source: Source = {
      ...hundredRows,
      example: { event: [2], conditions: { place: [2, 1], label: [] } },
      fill: (range, into) => {
        hundredRows.fill(range, into)
        const { place, label } = into.conditions as { place: Float32Array; label: Float32Array }
        place.forEach((_, k) => {
          place[k] = 2 * range.first + k
        })
        label.forEach((_, k) => {
          label[k] = -range.first - k
        })
      },
    }
    const whole = maker(3, source).make(10, 4)
    expect([...whole['condition/place']!]).toEqual([20, 21, 22, 23, 24, 25, 26, 27])
    expect([...whole['condition/label']!]).toEqual([-10, -11, -12, -13])
    const one = maker(3, source).make(12, 1)
    expect([...one['condition/place']!, ...one['condition/label']!]).toEqual([24, 25, -12])
  })
})

describe('levels', () => {
  test('any 64 consecutive examples cover them evenly', () => {
    for (const first of [0, 1, 1000, 123_457, 2 ** 32 - 30, 2 ** 45])
      for (const seed of [0, 1, 2]) {
        const batches = maker(seed)
        const u = Array.from({ length: 64 }, (_, i) => uOf(batches.level(first + i))).sort((a, b) => a - b)
        // Star discrepancy: of independent draws it is about 0.1, of a grid 1/128.
        const discrepancy = u.map((value, i) =>
          Math.max(Math.abs(value - i / 64), Math.abs(value - (i + 1) / 64)),
        )
        expect(Math.max(...discrepancy)).toBeLessThan(0.04)
        // By the three-gap theorem no gap between neighbours is wide.
        const gaps = u.slice(1).map((value, i) => value - u[i]!)
        expect(Math.max(...gaps, u[0]! + 1 - u[63]!)).toBeLessThan(2.7 / 64)
      }
  })

  test('of rows that come again: each row’s are equally far apart, and all together leave no wide gap', () => {
    const few = Array.from({ length: 130 }, (_, i) => i + 1)
    for (const rows of [...few, 144, 233, 377, 500, 610, 987, 1597, 2500, 4095, 4096, 5000]) {
      const { rows: seen, repeats } = heldOutExamples(rows)
      const repeated = { rows: seen, repeats }
      for (const seed of [0, 1]) {
        const batches = new BatchMaker({
          source: hundredRows,
          repeated,
          learning,
          seed,
          name: 'x',
        })
        const u = Array.from({ length: seen * repeats }, (_, n) => uOf(batches.level(n)))
        expect(u.length).toBeGreaterThanOrEqual(4096)
        // Circular: in units of an even spread, at most 2.62 by the three-gap theorem; it was 36 at 89 repeats.
        expect(widestGap(u) * u.length).toBeLessThan(2.7)
        for (const row of [0, seen >> 1, seen - 1]) {
          const own = u.filter((_, n) => n % seen === row)
          expect(widestGap(own) * repeats).toBeCloseTo(1, 6)
        }
      }
    }
  })

  test('none comes twice within a run', () => {
    const batches = maker(0)
    const levels = new Set(Array.from({ length: 20_000 }, (_, n) => batches.level(n)))
    expect(levels.size).toBe(20_000)
  })

  test('and weights are the weighting’s at that level', () => {
    const batches = maker(5)
    const { sigma, weight } = batches.make(40, 16)
    for (let i = 0; i < 16; i++) {
      const level = batches.level(40 + i)
      expect(sigma![i]).toBe(Math.fround(level))
      expect(weight![i]).toBe(Math.fround(likelihood.weight(level, range)))
    }
  })
})

test('another seed or name draws other noise and levels; the rows stay', () => {
  const a = maker(1).make(0, 4)
  const b = maker(2).make(0, 4)
  const other = new BatchMaker({
    source: hundredRows,
    learning,
    seed: 1,
    name: 'held-out',
  })
  const c = other.make(0, 4)
  for (const batch of [b, c]) {
    expect(batch['draw/noise']).not.toEqual(a['draw/noise'])
    expect(batch['sigma']).not.toEqual(a['sigma'])
    expect(batch['data']).toEqual(a['data'])
  }
})
