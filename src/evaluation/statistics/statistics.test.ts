import { describe, expect, it, test } from 'vitest'
import { normalCdf } from '../../density/index.ts'
import { columnOf } from '../rows.ts'
import { moved, normalRows, pairOf } from '../samples.test-helper.ts'
import { areaEstimate, areaUnderCurve, areaVariance } from './area-under-curve.ts'
import { normalHalfWidth } from './estimate.ts'
import { groupCount, groupsOf, jackknifeOverRows } from './jackknife.ts'
import { kolmogorovSmirnovDistance, wassersteinPower } from './line.ts'
import { correlations } from './moments.ts'
import { studentTQuantile } from './student-t.ts'

// Seeds are fixed, so a simulation passes always or never.

describe('studentTQuantile', () => {
  test.each([0.6, 0.75, 0.975, 0.999])('closed forms of 1, 2 and 4 degrees of freedom at %d', (p) => {
    const alpha = 4 * p * (1 - p)
    const four = 2 * Math.sqrt(Math.cos(Math.acos(Math.sqrt(alpha)) / 3) / Math.sqrt(alpha) - 1)
    expect(studentTQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8)
    expect(studentTQuantile(p, 2)).toBeCloseTo((2 * p - 1) * Math.sqrt(2 / alpha), 8)
    expect(studentTQuantile(p, 4)).toBeCloseTo(four, 8)
    expect(studentTQuantile(1 - p, 4)).toBeCloseTo(-four, 8)
  })
  it('tends to the normal quantile', () => {
    // Cornish–Fisher: t ≈ z + (z³ + z)/4ν.
    const z = normalHalfWidth
    for (const nu of [1e3, 1e4, 1e6])
      expect(studentTQuantile(0.975, nu)).toBeCloseTo(z + (z ** 3 + z) / (4 * nu), 5)
    expect(normalCdf(z)).toBeCloseTo(0.975, 14)
  })
})

describe('the area under the curve', () => {
  it('counts pairs, ties by half', () => {
    const up = columnOf(normalRows({ name: 'up', count: 83, dimension: 1 }), 0).map((x) =>
      Math.round(2 * x + 1),
    )
    const down = columnOf(normalRows({ name: 'down', count: 61, dimension: 1 }), 0).map((x) =>
      Math.round(2 * x),
    )
    let wins = 0
    for (const a of up) for (const b of down) wins += a > b ? 1 : a === b ? 0.5 : 0
    expect(areaUnderCurve(up, down)).toBe(wins / (83 * 61))
    expect(areaUnderCurve(up, down) + areaUnderCurve(down, up)).toBeCloseTo(1, 14)
  })
  test.each([0, 0.3, 0.5, 0.97, 1])('an interval ends where %d is 1.96 standard errors away', (area) => {
    const { low, high, value } = areaEstimate(area, 40, 70)
    expect(value).toBe(area)
    for (const end of [low, high])
      if (end !== 0 && end !== 1)
        expect(Math.abs(area - end)).toBeCloseTo(normalHalfWidth * Math.sqrt(areaVariance(end, 40, 70)), 9)
    expect(high - low).toBeGreaterThan(0.03)
    const mirrored = areaEstimate(1 - area, 70, 40)
    expect(mirrored.low).toBeCloseTo(1 - high, 9)
    expect(mirrored.high).toBeCloseTo(1 - low, 9)
  })
  it('has the variance of Mann and Whitney at ½', () => {
    for (const n of [5, 100, 4000]) {
      const exact = (2 * n + 1) / (12 * n * n)
      expect(areaVariance(0.5, n, n) / exact).toBeCloseTo(1, 1)
    }
  })
  test.each([0, 1, 2.5])('the interval covers the true area, scores %d apart', (shift) => {
    const truth = normalCdf(shift / Math.SQRT2)
    let covered = 0
    for (let seed = 0; seed < 400; seed++) {
      const ups = moved(normalRows({ name: 'up', count: 40, dimension: 1, seed }), 1, shift).values
      const downs = normalRows({ name: 'down', count: 40, dimension: 1, seed }).values
      const { low, high } = areaEstimate(areaUnderCurve(ups, downs), 40, 40)
      if (low <= truth && truth <= high) covered++
    }
    // 3.5 standard errors below 95 %.
    expect(covered).toBeGreaterThan(400 * 0.912)
  })
})

describe('distances on the line', () => {
  const sorted = (name: string, count: number, step = 0): Float64Array =>
    columnOf(normalRows({ name, count, dimension: 1 }), 0)
      .map((x) => (step ? Math.round(x / step) * step : x))
      .sort()
  const cases = [
    [sorted('a', 7), sorted('b', 12)],
    [sorted('a', 40, 0.5), sorted('b', 25, 0.5)],
    [sorted('a', 33), sorted('b', 33)],
    [Float64Array.of(1), Float64Array.of(1)],
  ] as const
  const share = (sample: Float64Array, t: number): number =>
    sample.filter((x) => x <= t).length / sample.length
  test.each(cases)('case %#: against the definitions', (a, b) => {
    const points = Float64Array.of(...a, ...b).sort()
    const gaps = points.map((t) => Math.abs(share(a, t) - share(b, t)))
    expect(kolmogorovSmirnovDistance(a, b)).toBeCloseTo(Math.max(...gaps), 14)
    // The Wasserstein-1 distance is also the area between the distribution functions.
    const area = points.reduce(
      (sum, t, i) => sum + (i + 1 < points.length ? gaps[i]! * (points[i + 1]! - t) : 0),
      0,
    )
    expect(wassersteinPower(a, b, 1)).toBeCloseTo(area, 12)
    // Repeated to equal lengths, samples are matched in order.
    const repeated = (x: Float64Array, times: number): number[] =>
      [...x].flatMap((v) => Array<number>(times).fill(v))
    const [left, right] = [repeated(a, b.length), repeated(b, a.length)]
    const matched = left.reduce((sum, x, i) => sum + (x - right[i]!) ** 2 / left.length, 0)
    expect(wassersteinPower(a, b, 2)).toBeCloseTo(matched, 12)
    expect(wassersteinPower(b, a, 2)).toBeCloseTo(matched, 12)
  })
  it('a shift moves everything by itself', () => {
    const a = sorted('a', 50)
    const b = a.map((x) => x + 0.75)
    expect(wassersteinPower(a, b, 1)).toBeCloseTo(0.75, 12)
    expect(wassersteinPower(a, b, 2)).toBeCloseTo(0.75 ** 2, 12)
  })
})

describe('correlations', () => {
  it('agree with a hand-made case and ignore units', () => {
    const rows = { values: Float64Array.of(1, 2, 5, 2, 4, 5, 3, 3, 5, 4, 7, 5), count: 4, dimension: 3 }
    const matrix = correlations(rows)
    // x = 1 2 3 4, y = 2 4 3 7: covariance 7/4 by n = 4, variances 5/4 and 14/4.
    expect(matrix[1]).toBeCloseTo(7 / Math.sqrt(5 * 14), 12)
    expect([...matrix].filter((_, k) => k % 4 === 0)).toEqual([1, 1, 1])
    expect([matrix[2], matrix[5], matrix[6], matrix[7]]).toEqual([0, 0, 0, 0])
    const other = { ...rows, values: rows.values.map((x, k) => (k % 3 === 0 ? 1e6 - 7 * x : x)) }
    expect(correlations(other)[1]).toBeCloseTo(-matrix[1]!, 12)
  })
})

describe('the jackknife over groups', () => {
  const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x / values.length, 0)
  it('has the closed form of a difference of means', () => {
    const pair = pairOf(
      normalRows({ name: 'x', count: 100, dimension: 1 }),
      normalRows({ name: 'y', count: 60, dimension: 1 }),
    )
    const groups = groupsOf(pair)
    const [estimate] = jackknifeOverRows(pair, [-Infinity, Infinity], (a, b) => [
      mean(b.values) - mean(a.values),
    ])
    const groupMeans = Array.from(
      { length: groupCount },
      (_, g) =>
        mean(pair.candidate.values.filter((_, row) => groups.candidate[row] === g)) -
        mean(pair.reference.values.filter((_, row) => groups.reference[row] === g)),
    )
    const squares = groupMeans.reduce((sum, value) => sum + (value - estimate!.value) ** 2, 0)
    const half = 2.093024054408263 * Math.sqrt(squares / groupCount / (groupCount - 1))
    expect(estimate!.value).toBeCloseTo(mean(pair.candidate.values) - mean(pair.reference.values), 12)
    expect(estimate!.high - estimate!.value).toBeCloseTo(half, 9)
    expect(estimate!.value - estimate!.low).toBeCloseTo(half, 9)
  })
  it('covers a difference of means and a log ratio of variances', () => {
    const runs = 300
    const covered = [0, 0]
    for (let seed = 0; seed < runs; seed++) {
      const reference = normalRows({ name: 'x', count: 60, dimension: 1, seed })
      const candidate = moved(normalRows({ name: 'y', count: 80, dimension: 1, seed }), 2, 0.3)
      const logVariance = (values: Float64Array): number =>
        Math.log(mean(values.map((x) => (x - mean(values)) ** 2)))
      jackknifeOverRows(pairOf(reference, candidate, seed), [-Infinity, Infinity], (a, b) => [
        mean(b.values) - mean(a.values),
        logVariance(b.values) - logVariance(a.values),
      ]).forEach(({ low, high }, k) => {
        const truth = [0.3, Math.log(4)][k]!
        if (low <= truth && truth <= high) covered[k]!++
      })
    }
    for (const count of covered) expect(count).toBeGreaterThan(runs * 0.906)
  })
  it('groups all rows evenly and needs 40 of them', () => {
    const of = (count: number): Uint8Array => {
      const rows = normalRows({ name: 'x', count, dimension: 1 })
      return groupsOf(pairOf(rows, rows)).reference
    }
    const sizes = new Array<number>(groupCount).fill(0)
    for (const group of of(107)) sizes[group]!++
    expect(new Set(sizes)).toEqual(new Set([5, 6]))
    expect(() => of(39)).toThrow(expect.objectContaining({ code: 'evaluation/too-few-rows' }))
  })
})
