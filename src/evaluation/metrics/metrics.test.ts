import { describe, expect, it, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { halfLogTwoPi, normalCdf } from '../../density/index.ts'
import type { Better } from '../metric.ts'
import { metrics } from '../metrics.ts'
import { type Rows, rowsAt } from '../rows.ts'
import { moved, normalRows, pairOf, rowOf } from '../samples.test-helper.ts'
import { jackknifeOverRows } from '../statistics/jackknife.ts'
import { classifier } from './classifier.ts'
import { correlationError, largestCorrelationError } from './correlation-error.ts'
import { coverage } from './coverage.ts'
import { density } from './density.ts'
import { energyDistance } from './energy-distance.ts'
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts'
import { maximumMeanDiscrepancy, medianSquaredDistance } from './maximum-mean-discrepancy.ts'
import { precision } from './precision.ts'
import { recall } from './recall.ts'
import { slicedWasserstein, unitVectors } from './sliced-wasserstein.ts'
import { wasserstein } from './wasserstein.ts'

const reference = normalRows({ name: 'reference', count: 90, dimension: 3 })
const candidate = moved(normalRows({ name: 'candidate', count: 70, dimension: 3 }), 1.3, 0.4)
const pair = pairOf(reference, candidate)
const unbounded = [-Infinity, Infinity] as const

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((x, k) => x - b[k]!))
const list = (rows: Rows): number[][] => Array.from({ length: rows.count }, (_, row) => rowOf(rows, row))

/** 2 E k(x, y) − E k(x, x′) − E k(y, y′) from the definition. */
function doubleSums(kernel: (distance: number) => number): (a: Rows, b: Rows) => number[] {
  const mean = (a: number[][], b: number[][], own: boolean): number => {
    let [sum, pairs] = [0, 0]
    for (const [i, x] of a.entries())
      for (const [j, y] of b.entries()) {
        if (own && i === j) continue
        sum += kernel(distance(x, y))
        pairs++
      }
    return sum / pairs
  }
  return (a, b) => {
    const [x, y] = [list(a), list(b)]
    return [2 * mean(x, y, false) - mean(x, x, true) - mean(y, y, true)]
  }
}

/** Precision, recall, density and coverage from the definitions, k = 5. */
function shares(a: Rows, b: Rows): number[] {
  const [x, y] = [list(a), list(b)]
  const radii = (rows: number[][]): number[] =>
    rows.map((row) => rows.map((other) => distance(row, other)).sort((p, q) => p - q)[5]!)
  const [radiusX, radiusY] = [radii(x), radii(y)]
  const inBallOfX = (j: number): number => x.filter((row, i) => distance(row, y[j]!) <= radiusX[i]!).length
  return [
    y.filter((_, j) => inBallOfX(j) > 0).length / y.length,
    x.filter((row) => y.some((other, j) => distance(row, other) <= radiusY[j]!)).length / x.length,
    y.reduce((sum, _, j) => sum + inBallOfX(j), 0) / (5 * y.length),
    x.filter((row, i) => y.some((other) => distance(row, other) <= radiusX[i]!)).length / x.length,
  ]
}

describe('values and intervals against the definitions, group by group', () => {
  it('energy distance', () => {
    const [exact] = jackknifeOverRows(
      pair,
      unbounded,
      doubleSums((r) => r),
    )
    const [measured] = energyDistance.measure(pair)
    expect(measured!.value).toBeCloseTo(exact!.value, 12)
    expect(measured!.low).toBeCloseTo(exact!.low, 12)
    expect(measured!.high).toBeCloseTo(exact!.high, 12)
  })
  it('maximum mean discrepancy', () => {
    const width = medianSquaredDistance(reference)
    const [exact] = jackknifeOverRows(
      pair,
      unbounded,
      doubleSums((r) => -Math.exp((-r * r) / (2 * width))),
    )
    const [measured] = maximumMeanDiscrepancy.measure(pair)
    expect(measured!.value).toBeCloseTo(exact!.value, 12)
    expect(measured!.low).toBeCloseTo(exact!.low, 12)
    expect(measured!.high).toBeCloseTo(exact!.high, 12)
    const squares = list(reference).flatMap((x, i) =>
      list(reference)
        .slice(i + 1)
        .map((y) => distance(x, y) ** 2),
    )
    const below = squares.filter((square) => square < width - 1e-12).length
    expect(Math.abs(below - squares.length / 2)).toBeLessThanOrEqual(1)
  })
  it('precision, recall, density, coverage', () => {
    const exact = jackknifeOverRows(pair, unbounded, shares)
    ;[precision, recall, density, coverage].forEach((metric, k) => {
      const [measured] = metric.measure(pair)
      expect(measured!.value).toBeCloseTo(exact[k]!.value, 12)
      expect(measured!.low).toBeCloseTo(Math.max(metric.range[0], exact[k]!.low), 12)
      expect(measured!.high).toBeCloseTo(Math.min(metric.range[1], exact[k]!.high), 12)
    })
  })
})

describe('closed forms', () => {
  it('energy distance of shifted normals is covered by its interval', () => {
    // E|N(δ, 2)| = 2/√π e^{−δ²/4} + δ(2Φ(δ/√2) − 1).
    const meanAbsolute = (delta: number): number =>
      2 * Math.SQRT2 * Math.exp(-halfLogTwoPi - (delta * delta) / 4) +
      delta * (2 * normalCdf(delta / Math.SQRT2) - 1)
    const truth = 2 * (meanAbsolute(1) - meanAbsolute(0))
    let [covered, sum] = [0, 0]
    const runs = 200
    for (let seed = 0; seed < runs; seed++) {
      const x = normalRows({ name: 'x', count: 60, dimension: 1, seed })
      const y = moved(normalRows({ name: 'y', count: 60, dimension: 1, seed }), 1, 1)
      const [{ value, low, high }] = energyDistance.measure(pairOf(x, y, seed)) as [
        { value: number; low: number; high: number },
      ]
      if (low <= truth && truth <= high) covered++
      sum += value / runs
    }
    expect(covered).toBeGreaterThan(runs * 0.895)
    expect(sum).toBeCloseTo(truth, 1)
  })
  it('Wasserstein distances of a shift are the shift', () => {
    const shift = [0.5, -1, 2]
    const values = reference.values.map((x, k) => x + shift[k % 3]!)
    const shifted = pairOf(reference, { ...reference, values })
    const perColumn = wasserstein.measure(shifted)
    expect(perColumn.map(({ column }) => column)).toEqual([undefined, 'c0', 'c1', 'c2'])
    ;[3.5 / 3, 0.5, 1, 2].forEach((expected, k) => {
      expect(perColumn[k]!.value).toBeCloseTo(expected, 12)
    })
    const along = unitVectors(1, 3).map((direction) =>
      direction.reduce((sum, v, k) => sum + v * shift[k]!, 0),
    )
    const rootMeanSquare = Math.sqrt(along.reduce((sum, v) => sum + v * v, 0) / along.length)
    expect(slicedWasserstein.measure(shifted)[0]!.value).toBeCloseTo(rootMeanSquare, 12)
    // Over all directions E(θ·δ)² = |δ|²/d; 64 of them come near.
    expect(rootMeanSquare / Math.sqrt(5.25 / 3)).toBeCloseTo(1, 0)
  })
  it('Kolmogorov–Smirnov of disjoint samples is 1', () => {
    const figures = kolmogorovSmirnov.measure(pairOf(reference, moved(reference, 1, 100)))
    expect(figures.map(({ value }) => value)).toEqual([1, 1, 1, 1])
  })
  it('correlation errors of a mirrored column', () => {
    const x = normalRows({ name: 'x', count: 100, dimension: 2 })
    const both = { ...x, values: x.values.map((_, k) => x.values[k - (k % 2)]!) }
    const mirrored = { ...x, values: x.values.map((_, k) => (k % 2 ? -1 : 1) * x.values[k - (k % 2)]!) }
    expect(correlationError.measure(pairOf(both, mirrored))[0]!.value).toBeCloseTo(2, 12)
    expect(largestCorrelationError.measure(pairOf(both, mirrored))[0]!.value).toBeCloseTo(2, 12)
    const line = normalRows({ name: 'x', count: 100, dimension: 1 })
    expect(correlationError.measure(pairOf(line, line))).toEqual([])
  })
  it('coverage of equal distributions is 1 − Π (n−i)/(n+m−i), i = 1 … k', () => {
    const [n, m, runs] = [120, 80, 40]
    let missed = 1
    for (let i = 1; i <= 5; i++) missed *= (n - i) / (n + m - i)
    let sum = 0
    for (let seed = 0; seed < runs; seed++) {
      const a = normalRows({ name: 'a', count: n, dimension: 2, seed })
      const b = normalRows({ name: 'b', count: m, dimension: 2, seed })
      sum += coverage.measure(pairOf(a, b))[0]!.value / runs
    }
    expect(Math.abs(sum - (1 - missed))).toBeLessThan(0.015)
  })
})

describe('the classifier', () => {
  it('is at ½ within its interval for equal distributions, and unbiased', () => {
    const runs = 40
    let [covered, sum] = [0, 0]
    for (let seed = 0; seed < runs; seed++) {
      const a = normalRows({ name: 'a', count: 100, dimension: 2, seed })
      const b = normalRows({ name: 'b', count: 100, dimension: 2, seed })
      const [figure] = classifier.measure(pairOf(a, b, seed))
      if (figure!.low <= 0.5 && figure!.high >= 0.5) covered++
      sum += figure!.value / runs
    }
    expect(covered).toBeGreaterThanOrEqual(runs * 0.85)
    // The standard error of one run is 0.041·√2.
    expect(Math.abs(sum - 0.5)).toBeLessThan(3.3 * (0.058 / Math.sqrt(runs)))
  })
  it('comes near the best possible area for shifted normals', () => {
    const a = normalRows({ name: 'a', count: 1500, dimension: 2 })
    const b = moved(normalRows({ name: 'b', count: 1500, dimension: 2 }), 1, 0.5)
    const best = normalCdf(0.5)
    const [figure] = classifier.measure(pairOf(a, b))
    expect(figure!.value).toBeGreaterThan(best - 0.05)
    expect(figure!.low).toBeLessThan(best)
  })
  it('is sure of samples that do not overlap, but not infinitely', () => {
    const [figure] = classifier.measure(pairOf(reference, moved(reference, 1, 100)))
    expect(figure).toMatchObject({ value: 1, high: 1 })
    expect(figure!.low).toBeLessThan(1)
  })
})

describe.each(metrics.map((metric) => [metric.name, metric] as const))('%s', (name, metric) => {
  const count = 150
  const real = normalRows({ name: 'real', count, dimension: 2 })
  const noise = normalRows({ name: 'made', count, dimension: 2 })
  const worse: Record<Better, (before: number, after: number) => boolean> = {
    lower: (before, after) => after > before,
    higher: (before, after) => after < before,
    half: (before, after) => Math.abs(after - 0.5) > Math.abs(before - 0.5),
  }
  it('describes itself', () => {
    expect(metrics.filter((other) => other.name === name)).toHaveLength(1)
    for (const text of [metric.summary, metric.source, metric.interval])
      expect(text.length).toBeGreaterThan(5)
  })
  it('is the same on a second run, and has its value inside an interval inside its range', () => {
    const figures = metric.measure(pairOf(real, noise, 5))
    expect(metric.measure(pairOf(real, noise, 5))).toEqual(figures)
    for (const { value, low, high } of figures) {
      expect(low).toBeLessThanOrEqual(value)
      expect(value).toBeLessThanOrEqual(high)
      expect(high - low).toBeGreaterThan(0)
      expect(low).toBeGreaterThanOrEqual(metric.range[0])
      expect(high).toBeLessThanOrEqual(metric.range[1])
    }
  })
  // The classifier's folds go by place: another order trains other trees.
  if (metric !== classifier)
    test('does not depend on the order of rows', () => {
      const permuted = (rows: Rows, index: number): Rows =>
        rowsAt(
          rows,
          new RandomStream({ seed: 1, name: 'test/order' }).permutation({ index, size: rows.count }),
        )
      const again = metric.measure(pairOf(permuted(real, 0), permuted(noise, 1)))
      metric.measure(pairOf(real, noise)).forEach(({ value }, k) => {
        expect(again[k]!.value).toBeCloseTo(value, 10)
      })
    })
  it('gets worse as rows do', () => {
    // Shifted, and the second column correlated with the first, more and more.
    const made = (amount: number): Rows => ({
      ...noise,
      values: noise.values.map((x, k) => {
        const mixed = k % 2 ? Math.sqrt(1 - amount * amount) * x + amount * noise.values[k - 1]! : x
        // Total variation is of codes: whole numbers.
        return metric.name === 'total-variation' ? Math.round(mixed + 2 * amount) : mixed + 2 * amount
      }),
    })
    const coded = metric.name === 'total-variation' ? { ...real, values: real.values.map(Math.round) } : real
    const values = [0, 0.4, 0.9].map((amount) => metric.measure(pairOf(coded, made(amount)))[0]!.value)
    expect(worse[metric.better](values[0]!, values[1]!)).toBe(true)
    expect(worse[metric.better](values[1]!, values[2]!)).toBe(true)
  })
})
