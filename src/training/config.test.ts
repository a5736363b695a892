import { expect, test } from 'vitest'
import { averageRate } from './config.ts'

test('golden: EDM’s β for batches of 512 and a half-life of 0.5 million samples, late in a run', () => {
  const late = 10_000_000 / 512
  expect(1 - averageRate(late, 500_000 / 512)).toBeCloseTo(0.9992904691, 10)
})

test('after the half-life an old weight counts half', () => {
  for (const halfLife of [1, 10, 200, 1e6]) {
    const late = 1e12
    expect((1 - averageRate(late, halfLife)) ** halfLife).toBeCloseTo(0.5, 9)
  }
})

test('warms up as (1 + t)/(10 + t)', () => {
  for (const step of [1, 2, 10, 100])
    expect(1 - averageRate(step, 1e9)).toBeCloseTo((1 + step) / (10 + step), 14)
})

test('without a half-life the average is the weights', () => {
  expect(averageRate(1, 0)).toBe(1)
  expect(averageRate(1000, 0)).toBe(1)
})
