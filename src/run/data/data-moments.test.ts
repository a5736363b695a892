import { expect, it } from 'vitest'
import { gaussian } from '../../density/index.ts'
import { dataMoments } from './data-moments.ts'

it('keeps the covariance of few columns, and the variances of many; a gap counts for nothing', () => {
  const density = gaussian({ mean: [1, -2], covariance: [2, 0.6, 0.6, 0.5] })
  const pairs = density.sample({ seed: 1, first: 0, count: 4000 })
  const few = dataMoments(pairs, 2)
  const expected = [...[1, -2], ...[2, 0.6, 0.5]]
  for (const [i, value] of [...few.mean, ...few.covariance].entries())
    expect(Math.abs(value - expected[i]!)).toBeLessThan(0.15)
  // The same numbers, 35 pairs a row; every seventh number of the first column is not known.
  const wide = pairs.map((value, i) => (i % 490 === 0 ? Number.NaN : value)).subarray(0, 70 * 114)
  const many = dataMoments(wide, 70)
  expect(many.covariance).toHaveLength(70)
  const first = Array.from({ length: 114 }, (_, row) => wide[row * 70]!).filter(
    (value) => !Number.isNaN(value),
  )
  const mean = first.reduce((sum, value) => sum + value, 0) / first.length
  const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (first.length - 1)
  expect(many.mean[0]).toBeCloseTo(mean, 4)
  expect(many.covariance[0]).toBeCloseTo(variance, 4)
})
