import { expect, test } from 'vitest'
import { edmPreconditioning } from '../../noise/index.ts'
import { edm } from './edm.ts'

test('with EDM’s preconditioning λ c_out² = 1', () => {
  for (const sigmaData of [0.1, 0.5, 3])
    for (const sigma of [0.002, 0.1, 0.5, 2, 80]) {
      const { cOut, lossWeight } = edmPreconditioning({ sigma, sigmaData })
      const weight = edm.weight(sigma, { sigmaMin: 0.002, sigmaMax: 80, sigmaData })
      expect(weight * cOut ** 2).toBeCloseTo(1, 13)
      expect(weight / lossWeight).toBeCloseTo(1, 13)
    }
})

test('golden: λ = 8 at σ = σ_d = 0.5', () => {
  expect(edm.weight(0.5, { sigmaMin: 0.002, sigmaMax: 80, sigmaData: 0.5 })).toBe(8)
})
