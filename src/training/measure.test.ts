import { describe, expect, test } from 'vitest'
import { toyByName } from '../density/index.ts'
import { measureScale, proposeNoiseRange } from './measure.ts'

describe('measureScale', () => {
  test('by hand: columns of variance 8/3 and 8/3 · 4, the diagonal of a rectangle', () => {
    // Corners of a rectangle of 2 × 4 about (10, −5): sums of squares 4 and 16 over n − 1 = 3.
    const { sigmaData, largestDistance } = measureScale([9, -7, 11, -7, 9, -3, 11, -3], 2)
    expect(sigmaData).toBeCloseTo(Math.sqrt((4 / 3 + 16 / 3) / 2), 14)
    expect(largestDistance).toBeCloseTo(Math.sqrt(20), 14)
  })

  test('does not cancel far from 0', () => {
    const { sigmaData } = measureScale([1e9, 1e9 + 1, 1e9 + 2], 1)
    expect(sigmaData).toBe(1)
  })

  test('of a sample is that of its density', () => {
    const toy = toyByName('eight-gaussians')
    const covariance = toy.covariance!()
    const { sigmaData } = measureScale(toy.sample({ seed: 1, first: 0, count: 20_000 }), 2)
    expect(sigmaData / Math.sqrt((covariance[0]! + covariance[3]!) / 2)).toBeCloseTo(1, 1.5)
  })

  test('of one row, and of none, is 0', () => {
    expect(measureScale([3, 4], 2)).toEqual({ sigmaData: 0, largestDistance: 0 })
    expect(measureScale([], 2)).toEqual({ sigmaData: 0, largestDistance: 0 })
  })

  test('of many rows takes both ends into account', () => {
    const rows = Float32Array.from({ length: 50_000 }, (_, k) => k / 50_000)
    expect(measureScale(rows, 1).largestDistance).toBeGreaterThan(0.999)
  })
})

test('proposeNoiseRange: σ_d/500 … the larger of 10 σ_d and the largest distance', () => {
  expect(proposeNoiseRange({ sigmaData: 2, largestDistance: 7 })).toEqual({
    sigmaMin: 0.004,
    sigmaMax: 20,
    sigmaData: 2,
  })
  expect(proposeNoiseRange({ sigmaData: 2, largestDistance: 70 }).sigmaMax).toBe(70)
})
