import { expect, test } from 'vitest'
import { NoiseBins } from './noise-bins.ts'

test('means by bins of equal width in ln σ; what lies outside belongs to the nearest', () => {
  const bins = new NoiseBins({ sigmaMin: 0.01, sigmaMax: 100, bins: 4 })
  bins.add([0.005, 0.02, 0.5, 5, 7, 200], [1, 3, 10, 20, 40, 7])
  const { sigma, loss, count } = bins.take()
  sigma.forEach((centre, i) => {
    expect(centre).toBeCloseTo(10 ** (i - 1.5), 12)
  })
  expect(loss).toEqual([2, 10, 30, 7])
  expect(count).toEqual([2, 1, 2, 1])
  expect(bins.take().count).toEqual([0, 0, 0, 0])
  expect(bins.take().loss).toEqual([null, null, null, null])
})

test('a range of a single level', () => {
  const bins = new NoiseBins({ sigmaMin: 0.3, sigmaMax: 0.3, bins: 3 })
  bins.add([0.3, 0.3], [1, 2])
  expect(bins.take().count).toEqual([2, 0, 0])
})
