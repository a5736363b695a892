import { describe, expect, it } from 'vitest'
import { moved, normalRows, pairOf } from '../samples.test-helper.ts'
import { type Moments, momentsOf } from '../statistics/moments.ts'
import { frechetDistance, frechetOfMoments } from './frechet-distance.ts'
import { kernelDistance } from './kernel-distance.ts'

const moments = (mean: readonly number[], covariance: readonly (readonly number[])[]): Moments => ({
  mean,
  covariance,
})

describe('Fréchet distance of normal distributions', () => {
  it('in one dimension is (m₁ − m₂)² + (s₁ − s₂)²', () =>
    expect(frechetOfMoments(moments([1], [[9]]), moments([3], [[0.25]]))).toBeCloseTo(4 + 2.5 ** 2, 12))

  it('of 2 × 2 covariances that do not commute has tr (AB)^½ = √(tr AB + 2 √det AB)', () => {
    const a = [
      [2, 0.7],
      [0.7, 1],
    ]
    const b = [
      [0.5, -0.3],
      [-0.3, 3],
    ]
    const traceOfProduct = 2 * 0.5 + 2 * 0.7 * -0.3 + 1 * 3
    const determinant = (2 * 1 - 0.49) * (0.5 * 3 - 0.09)
    const exact = 0.04 + 1 + 2 + 1 + 0.5 + 3 - 2 * Math.sqrt(traceOfProduct + 2 * Math.sqrt(determinant))
    expect(frechetOfMoments(moments([0.2, 1], a), moments([0, 0], b))).toBeCloseTo(exact, 12)
    expect(frechetOfMoments(moments([0, 0], b), moments([0.2, 1], a))).toBeCloseTo(exact, 12)
  })

  it('knows covariances of lower rank', () => {
    const flat = [
      [4, 0],
      [0, 0],
    ]
    const line = [
      [0, 0],
      [0, 9],
    ]
    expect(frechetOfMoments(moments([0, 0], flat), moments([0, 0], line))).toBeCloseTo(13, 12)
    expect(frechetOfMoments(moments([0, 0], flat), moments([0, 0], flat))).toBeCloseTo(0, 12)
  })
})

describe('Fréchet distance of rows', () => {
  const rows = normalRows({ name: 'frechet', count: 120, dimension: 12 })

  it('of rows and the same rows times s plus c is ‖(s − 1) m + c‖² + (s − 1)² tr C', () => {
    const { mean, covariance } = momentsOf(rows)
    const trace = covariance.reduce((sum, row, k) => sum + row[k]!, 0)
    const exact = mean.reduce((sum, m) => sum + (0.3 * m + 0.2) ** 2, 0) + 0.09 * trace
    const [found] = frechetDistance.measure(pairOf(rows, moved(rows, 1.3, 0.2)))
    expect(found!.value).toBeCloseTo(exact, 10)
    expect(found!.low).toBeLessThan(exact)
    expect(found!.high).toBeGreaterThan(exact)
  })
})

describe('kernel distance', () => {
  it('is unbiased: E(xy + 1)³ of normal rows, over many draws', () => {
    // E(xy + 1)³ = E x³ E y³ + 3 E x² E y² + 3 E x E y + 1 for independent x and y.
    const raw = (m: number): number[] => [m, m * m + 1, m ** 3 + 3 * m]
    const kernel = ([a1, a2, a3]: number[], [b1, b2, b3]: number[]): number =>
      a3! * b3! + 3 * a2! * b2! + 3 * a1! * b1! + 1
    const [p, q] = [raw(0), raw(0.5)]
    const exact = kernel(p, p) + kernel(q, q) - 2 * kernel(p, q)
    const values = Array.from({ length: 150 }, (_, seed) => {
      const x = normalRows({ name: 'x', count: 60, dimension: 1, seed })
      const y = moved(normalRows({ name: 'y', count: 60, dimension: 1, seed }), 1, 0.5)
      return kernelDistance.measure(pairOf(x, y, seed))[0]!.value
    })
    const mean = values.reduce((sum, value) => sum + value / values.length, 0)
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    expect(Math.abs(mean - exact)).toBeLessThan((3 * deviation) / Math.sqrt(values.length))
    // The test would notice a bias of a tenth.
    expect((3 * deviation) / Math.sqrt(values.length)).toBeLessThan(0.4 * exact)
  })
})
