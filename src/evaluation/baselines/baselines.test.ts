import { describe, expect, it, test } from 'vitest'
import { gaussian, gaussianMixture, gaussLegendre } from '../../density/index.ts'
import { compareLogDensities } from '../compare-log-densities.ts'
import { columnOf, type Rows, rowsOf, scalingOf } from '../rows.ts'
import { normalRows } from '../samples.test-helper.ts'
import { kolmogorovSmirnovDistance } from '../statistics/line.ts'
import { correlations } from '../statistics/moments.ts'
import { covarianceFloor } from './expectation-maximisation.ts'
import { gaussianBaseline } from './gaussian.ts'
import { gaussianCopulaBaseline } from './gaussian-copula.ts'
import { gaussianMixtureBaseline } from './gaussian-mixture.ts'
import { baselines, fitMixture } from './index.ts'
import { shrunkCorrelations } from './shrinkage.ts'

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, x) => sum + x / values.length, 0)

/** Correlated, one column skewed and one in two heaps. */
function skewed(name: string, count: number, seed = 1): Rows {
  const { values } = normalRows({ name, count, dimension: 2, seed })
  return {
    values: values.map((_, k) => {
      const [a, b] = [values[k - (k % 2)]!, values[k - (k % 2) + 1]!]
      if (k % 2 === 0) return Math.exp(0.6 * a)
      const mixed = 0.7 * a + 0.7 * b
      return mixed + 1.5 * Math.sign(mixed)
    }),
    count,
    dimension: 2,
  }
}

/** A quadrature rule of the line, fine where values are near each other and where a spline through them bends. */
function panelsBetween(sorted: Float64Array): { nodes: number[]; weights: number[] } {
  const tail = Array.from({ length: 30 }, (_, i) => 0.2 * 1.15 ** i)
  const [first, last] = [sorted[0]!, sorted.at(-1)!]
  const points = [
    ...tail.map((reach) => first - reach).reverse(),
    ...sorted,
    ...tail.map((reach) => last + reach),
  ]
  const rule = gaussLegendre(3)
  const nodes: number[] = []
  const weights: number[] = []
  points.slice(1).forEach((end, i) => {
    const parts = Math.ceil((end - points[i]!) / 0.25)
    const half = (end - points[i]!) / parts / 2
    for (let part = 0; part < parts; part++)
      rule.nodes.forEach((node, k) => {
        nodes.push(points[i]! + half * (2 * part + 1 + node))
        weights.push(half * rule.weights[k]!)
      })
  })
  return { nodes, weights }
}

describe.each(baselines.map((baseline) => [baseline.name, baseline] as const))('%s', (_, baseline) => {
  const rows = skewed('train', 400)
  const fitted = baseline.fit({ rows, seed: 1 })
  it('integrates to 1 over the plane', () => {
    const few = skewed('few', 60)
    const [x, y] = [0, 1].map((c) => panelsBetween(columnOf(few, c).sort()))
    const grid = Float64Array.from(x!.nodes.flatMap((u) => y!.nodes.flatMap((v) => [u, v])))
    const weights = x!.weights.flatMap((u) => y!.weights.map((v) => u * v))
    const logDensity = baseline.fit({ rows: few, seed: 1 }).logDensity(grid)
    const mass = weights.reduce((sum, weight, cell) => sum + weight * Math.exp(logDensity[cell]!), 0)
    // 1.00007 for the copula with eight nodes a panel instead of three.
    expect(Math.abs(mass - 1)).toBeLessThan(0.0015)
  })
  it('samples what its density says: E[1/q(x)·g(x)] over samples is ∫g', () => {
    // g: the indicator of a square in the middle of the data.
    const sample = fitted.sample({ seed: 4, count: 20_000 })
    const logDensity = fitted.logDensity(sample)
    const weights = logDensity.map((value, row) => {
      const [x, y] = [sample[2 * row]!, sample[2 * row + 1]!]
      return x > 0.6 && x < 1.6 && y > 1.2 && y < 2.2 ? Math.exp(-value) : 0
    })
    const estimate = mean(weights)
    const standardError = Math.sqrt(mean(weights.map((w) => (w - estimate) ** 2)) / weights.length)
    expect(Math.abs(estimate - 1)).toBeLessThan(3.5 * standardError)
    expect(standardError).toBeLessThan(0.1)
  })
  it('is the same on a second run and has the moments of its rows', () => {
    expect(baseline.fit({ rows, seed: 1 }).logDensity(rows.values)).toEqual(fitted.logDensity(rows.values))
    const sample = rowsOf({ values: fitted.sample({ seed: 2, count: 20_000 }), dimension: 2 })
    const [a, b] = [scalingOf(rows), scalingOf(sample)]
    for (let c = 0; c < 2; c++) {
      expect(b.mean[c]! - a.mean[c]!).toBeCloseTo(0, 0)
      expect(b.std[c]! / a.std[c]!).toBeCloseTo(1, 0)
    }
    expect(Math.abs(correlations(sample)[1]! - correlations(rows)[1]!)).toBeLessThan(0.1)
  })
  it('survives columns that repeat each other and columns that do not vary', () => {
    const x = columnOf(rows, 0)
    const values = Float64Array.from({ length: 1200 }, (_, k) => (k % 3 === 2 ? 5 : x[Math.floor(k / 3)]!))
    const logDensity = baseline.fit({ rows: rowsOf({ values, dimension: 3 }), seed: 1 }).logDensity(values)
    expect(logDensity.every(Number.isFinite)).toBe(true)
  })
})

describe('the Gaussian', () => {
  it('finds a known one, and its likelihood is the truth’s within the noise', () => {
    const truth = gaussian({ mean: [1, -2, 0], covariance: [2, 0.6, -0.4, 0.6, 1, 0.3, -0.4, 0.3, 0.5] })
    const rows = rowsOf({ values: truth.sample({ seed: 1, count: 5000 }), dimension: 3 })
    const heldOut = truth.sample({ seed: 2, count: 5000 })
    const fitted = gaussianBaseline.fit({ rows, seed: 1 })
    const { value, high } = compareLogDensities({
      model: fitted.logDensity(heldOut),
      baseline: truth.logDensity(heldOut),
    })
    // A fit of p = 9 parameters to n rows loses p/2n nats a row.
    expect(value).toBeGreaterThan(-0.005)
    expect(high).toBeLessThan(0.005)
  })
  it('shrinks correlations much when rows are few, and hardly when they are many', () => {
    const independent = (count: number): Rows => normalRows({ name: 'x', count, dimension: 10 })
    const { intensity, matrix } = shrunkCorrelations(independent(20))
    expect(intensity).toBeGreaterThan(0.5)
    expect(matrix[1]).toBeCloseTo((1 - intensity) * correlations(independent(20))[1]!, 14)
    expect(shrunkCorrelations(skewed('x', 4000)).intensity).toBeLessThan(0.01)
    // Two rows: the correlation is ±1 and its variance cannot be seen; still positive definite.
    expect(shrunkCorrelations(independent(2)).intensity).toBeGreaterThan(0)
  })
})

describe('the mixture', () => {
  const truth = gaussianMixture({
    weights: [0.5, 0.3, 0.2],
    means: [
      [-3, 0],
      [3, 1],
      [0, 5],
    ],
    covariances: [
      [1, 0.5, 0.5, 1],
      [0.3, 0, 0, 0.6],
      [0.5, -0.3, -0.3, 0.5],
    ],
  })
  const rows = rowsOf({ values: truth.sample({ seed: 1, count: 3000 }), dimension: 2 })
  it('is recovered by expectation–maximisation', () => {
    const heldOut = truth.sample({ seed: 2, count: 3000 })
    const fitted = fitMixture({ rows, size: 3, seed: 1 })
    const { value } = compareLogDensities({
      model: fitted.logDensity(heldOut),
      baseline: truth.logDensity(heldOut),
    })
    // 17 parameters: a loss of about 17/2n = 0.003.
    expect(Math.abs(value)).toBeLessThan(0.01)
    const near = (point: readonly number[]): number => fitted.logDensity(Float64Array.from(point))[0]!
    for (const centre of [
      [-3, 0],
      [3, 1],
      [0, 5],
    ])
      expect(near(centre)).toBeCloseTo(truth.logDensity(Float64Array.from(centre))[0]!, 0)
  })
  it('of one component is the Gaussian of the rows’ moments, but for the floor', () => {
    const fitted = fitMixture({ rows, size: 1, seed: 1 })
    const { mean: centre, std } = scalingOf(rows)
    const covariance = fitted.covariance!()
    for (let c = 0; c < 2; c++) {
      expect(fitted.mean!()[c]).toBeCloseTo(centre[c]!, 9)
      expect(covariance[3 * c]).toBeCloseTo(std[c]! ** 2 * (1 + covarianceFloor), 9)
    }
    expect(covariance[1]).toBeCloseTo(correlations(rows)[1]! * std[0]! * std[1]!, 9)
  })
  it('chooses enough components and hardly more', () => {
    expect(gaussianMixtureBaseline.fit({ rows, seed: 1 }).summary).toMatch(/: [34],/)
    const one = normalRows({ name: 'one', count: 2000, dimension: 3 })
    expect(gaussianMixtureBaseline.fit({ rows: one, seed: 1 }).summary).toContain(': 1,')
  })
  it('does not collapse onto repeated rows', () => {
    const values = Float64Array.from({ length: 400 }, (_, k) => (k < 200 ? 1 : rows.values[k]!))
    const fitted = fitMixture({ rows: rowsOf({ values, dimension: 2 }), size: 4, seed: 1 })
    expect(fitted.logDensity(values).every((logDensity) => logDensity < 15)).toBe(true)
  })
})

describe('the copula', () => {
  const rows = skewed('train', 2000)
  const fitted = gaussianCopulaBaseline.fit({ rows, seed: 1 })
  it('has the marginals of its rows', () => {
    const sample = rowsOf({ values: fitted.sample({ seed: 1, count: 20_000 }), dimension: 2 })
    for (let c = 0; c < 2; c++)
      expect(kolmogorovSmirnovDistance(columnOf(rows, c).sort(), columnOf(sample, c).sort())).toBeLessThan(
        0.02,
      )
  })
  it('beats one Gaussian on held-out rows that are not Gaussian, and ties on rows that are', () => {
    const heldOut = skewed('held out', 1000).values
    const against = (train: Rows, at: Float64Array) =>
      compareLogDensities({
        model: gaussianCopulaBaseline.fit({ rows: train, seed: 1 }).logDensity(at),
        baseline: gaussianBaseline.fit({ rows: train, seed: 1 }).logDensity(at),
      })
    expect(against(rows, heldOut).low).toBeGreaterThan(0.3)
    const normal = normalRows({ name: 'normal', count: 2000, dimension: 2 })
    const tie = against(normal, normalRows({ name: 'other', count: 1000, dimension: 2 }).values)
    expect(Math.abs(tie.value)).toBeLessThan(0.06)
  })
  test('a change of unit of a column changes the log-density by the logarithm of the unit', () => {
    const unit = (values: Float64Array): Float64Array => values.map((x, k) => (k % 2 ? x : 1000 * x))
    const other = gaussianCopulaBaseline.fit({ rows: { ...rows, values: unit(rows.values) }, seed: 1 })
    const [at, inUnit] = [fitted.logDensity(rows.values), other.logDensity(unit(rows.values))]
    at.forEach((logDensity, row) => {
      expect(inUnit[row]! + Math.log(1000)).toBeCloseTo(logDensity, 6)
    })
  })
})
