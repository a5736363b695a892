import { describe, expect, it } from 'vitest'
import { gaussian } from '../density/index.ts'
import { compareLogDensities, meanOverRows } from './compare-log-densities.ts'
import { normalRows } from './samples.test-helper.ts'

describe('paired log-densities', () => {
  it('has the textbook interval', () => {
    const { value, low, high, standardError, rows } = compareLogDensities({
      model: [1, 2, 3, 5],
      baseline: [0, 1, 1, 1],
    })
    // Differences 1 1 2 4: mean 2, variance 2, standard error ½√2; t of 3 degrees of freedom is 3.182446.
    expect(value).toBe(2)
    expect(standardError).toBeCloseTo(Math.SQRT1_2, 14)
    expect(high - 2).toBeCloseTo(3.182446305284263 * Math.SQRT1_2, 8)
    expect(2 - low).toBeCloseTo(3.182446305284263 * Math.SQRT1_2, 8)
    expect(rows).toBe(4)
  })
  it('covers the Kullback–Leibler divergence of two Gaussians, narrower than without pairing', () => {
    const [model, baseline] = [0, 0.4].map((mean) => gaussian({ mean: [mean], covariance: 1 }))
    let covered = 0
    for (let seed = 0; seed < 300; seed++) {
      const x = normalRows({ name: 'x', count: 50, dimension: 1, seed }).values
      const logDensities = { model: model!.logDensity(x), baseline: baseline!.logDensity(x) }
      const { low, high, standardError } = compareLogDensities(logDensities)
      if (low <= 0.08 && 0.08 <= high) covered++
      expect(standardError).toBeLessThan(meanOverRows(logDensities.model).standardError)
    }
    expect(covered).toBeGreaterThan(300 * 0.906)
  })
  it.each([
    [[1, 2], [1], 'evaluation/shape'],
    [[1], [1], 'evaluation/too-few-rows'],
    [[1, 2, 3], [1, -Infinity, 3], 'evaluation/not-finite'],
  ])('refuses %j against %j', (model, baseline, code) => {
    expect(() => compareLogDensities({ model, baseline })).toThrow(expect.objectContaining({ code }))
  })
})
