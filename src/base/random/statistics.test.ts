import { describe, expect, it } from 'vitest'
import { RandomStream } from './stream.ts'

// Seeds are fixed, so a test passes always or never; thresholds are those of p = 0.001 or less.

const stream = new RandomStream({ seed: 7, name: 'statistics test' })

/** √n times the largest distance between the empirical and the uniform distribution function. */
function kolmogorovSmirnov(values: Float32Array | Float64Array): number {
  let distance = 0
  values.sort().forEach((u, i) => {
    distance = Math.max(distance, u - i / values.length, (i + 1) / values.length - u)
  })
  return distance * Math.sqrt(values.length)
}

/** Σ (observed − expected)² / expected. */
function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, k) => sum + (count - expected[k]!) ** 2 / expected[k]!, 0)
}

/**
 * √n times the sample correlation of values of mean 0 and variance 1: about standard normal if independent.
 */
function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum / Math.sqrt(a.length)
}

describe('uniform', () => {
  it('passes Kolmogorov–Smirnov at p = 0.001 with 2¹⁹ values', () => {
    for (const width of [1, 2, 12, 64]) {
      const range = { first: 0, count: Math.floor(2 ** 19 / width), width, counter: width }
      expect(kolmogorovSmirnov(stream.uniform(range))).toBeLessThan(1.95)
      expect(kolmogorovSmirnov(stream.uniform64(range))).toBeLessThan(1.95)
    }
  })

  it('fills squares of neighbouring values evenly (64 × 64 cells, chi-square with 4095 degrees of freedom)', () => {
    const pairs = 2 ** 18
    for (const step of [1, 2]) {
      // Neighbours in a row (step 1) and in a column (step 2 of rows of 2, that is, the next index).
      const values = stream.uniform({ first: 0, count: pairs + 1, width: 2 })
      const cells = new Array<number>(4096).fill(0)
      for (let i = 0; i < pairs; i++) {
        cells[Math.floor(values[2 * i]! * 64) * 64 + Math.floor(values[2 * i + step]! * 64)]!++
      }
      const expected = cells.map(() => pairs / 4096)
      expect(Math.abs(chiSquare(cells, expected) - 4095)).toBeLessThan(3.3 * Math.sqrt(2 * 4095))
    }
  })
})

describe('what should be independent', () => {
  const range = { first: 100, count: 2 ** 14, width: 12 }
  const values = stream.normal(range)
  const others: [string, Float32Array][] = [
    ['the next index', stream.normal({ ...range, first: 101 })],
    ['the index 2³² on', stream.normal({ ...range, first: 100 + 2 ** 32 })],
    ['the next counter', stream.normal({ ...range, counter: 1 })],
    ['another name', new RandomStream({ seed: 7, name: 'statistics tesu' }).normal(range)],
    ['a child', stream.child('child').normal(range)],
    ['the next seed', new RandomStream({ seed: 8, name: 'statistics test' }).normal(range)],
    ['the next column', values.map((_, i) => values[(i + 1) % values.length]!)],
  ]

  it.each(others)('is uncorrelated, with its square, with %s', (_, other) => {
    const square = (z: number): number => (z * z - 1) / Math.SQRT2
    expect(Math.abs(correlation(values, other))).toBeLessThan(3.3)
    expect(Math.abs(correlation(values.map(square), other.map(square)))).toBeLessThan(3.3)
    expect(Math.abs(correlation(values, other.map(square)))).toBeLessThan(3.3)
  })
})

describe('rademacher', () => {
  it('has mean 0 and uncorrelated columns: single values and their sum of squares', () => {
    const count = 2 ** 14
    const width = 64
    const values = stream.rademacher({ first: 0, count, width })
    const columns = Array.from({ length: width }, (_, j) => {
      return Float32Array.from({ length: count }, (_, i) => values[i * width + j]!)
    })
    const constant = new Float32Array(count).fill(1)
    const scores: number[] = []
    columns.forEach((column, j) => {
      scores.push(correlation(column, constant))
      for (let k = 0; k < j; k++) scores.push(correlation(column, columns[k]!))
    })
    expect(values.every((value) => value === 1 || value === -1)).toBe(true)
    // 2080 scores: the largest stays below 4.9 and Σ score² is χ²(2080), each with p = 0.002 at most.
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4.9)
    const sumOfSquares = scores.reduce((sum, score) => sum + score * score, 0)
    expect(Math.abs(sumOfSquares - scores.length)).toBeLessThan(3.3 * Math.sqrt(2 * scores.length))
  })
})

describe('categorical', () => {
  it('draws each category as often as it should, and none of probability 0', () => {
    const probabilities = [0, 0.1, 0, 0.25, 0.05, 0.6, 0]
    const draws = stream.categorical({ first: 0, count: 50_000, width: 4 }, probabilities)
    const observed = probabilities.map((_, k) => draws.filter((draw) => draw === k).length)
    const possible = probabilities.flatMap((p, k) => (p > 0 ? [k] : []))
    expect(possible.reduce((sum, k) => sum + observed[k]!, 0)).toBe(draws.length)
    const statistic = chiSquare(
      possible.map((k) => observed[k]!),
      possible.map((k) => probabilities[k]! * draws.length),
    )
    expect(statistic).toBeLessThan(16.27) // χ²(3), p = 0.001
  })
})

describe('permutation', () => {
  // Critical values of χ² at p = 0.001 with size! − 1 degrees of freedom.
  it.each([
    { size: 3, orders: 6, critical: 20.52 },
    { size: 4, orders: 24, critical: 49.73 },
    { size: 5, orders: 120, critical: 173.62 },
  ])('draws each of the $orders orders of $size equally often', ({ size, orders, critical }) => {
    const draws = 24_000
    const counts = new Map<string, number>()
    for (let index = 0; index < draws; index++) {
      const order = stream.permutation({ index, size }).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    const observed = [...counts.values()]
    expect(observed.length).toBe(orders)
    expect(
      chiSquare(
        observed,
        observed.map(() => draws / orders),
      ),
    ).toBeLessThan(critical)
  })
})
