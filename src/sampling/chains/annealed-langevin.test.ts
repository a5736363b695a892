import { expect, it } from 'vitest'
import { drawAll } from '../methods/method.ts'
import { exactLevels } from '../testing/exact.ts'
import { annealedLangevin } from './annealed-langevin.ts'

const [sigmaMin, sigmaMax, mean, variance] = [0.3, 3, 1.5, 0.4]
const trained = {
  model: exactLevels([{ weight: 1, mean: [mean], axes: [1], variances: [variance] }]),
  values: {},
  range: { sigmaMin, sigmaMax, sigmaData: 1 },
}

it.each([
  { steps: 6, perLevel: 2, stepRatio: 0.5 },
  { steps: 3, perLevel: 1, stepRatio: 1.5 },
])('has the mean and the variance of its recursion on a Gaussian: %j', async ({ steps, ...told }) => {
  // On N(μ, v) all is linear: x − μ shrinks by 1 − (α/2)/(v + σ²), its variance grows by α.
  let [m, v] = [0, sigmaMax ** 2 + 1]
  const toMean = (factor: number): number => mean + factor * (m - mean)
  for (let i = 0; i < steps; i++) {
    const sigma = sigmaMax * (sigmaMin / sigmaMax) ** (i / (steps - 1))
    for (let k = 0; k < told.perLevel; k++) {
      const alpha = told.stepRatio * sigma ** 2
      const shrink = 1 - alpha / 2 / (variance + sigma ** 2)
      ;[m, v] = [toMean(shrink), shrink ** 2 * v + alpha]
    }
  }
  const last = variance / (variance + sigmaMin ** 2)
  ;[m, v] = [toMean(last), last ** 2 * v]

  const count = 4096
  const sampler = await annealedLangevin.open({ trained, steps, samplerOptions: told })
  const rows = await drawAll(sampler, { seed: 4, count })
  await sampler.dispose()
  const found = rows.reduce((sum, x) => sum + x, 0) / count
  const spread = rows.reduce((sum, x) => sum + (x - found) ** 2, 0) / count
  expect(Math.abs(found - m)).toBeLessThan(4.5 * Math.sqrt(v / count))
  expect(Math.abs(spread / v - 1)).toBeLessThan(4.5 * Math.sqrt(2 / count))
  expect(annealedLangevin.evaluations(steps, told)).toBe(steps * told.perLevel + 1)
})
