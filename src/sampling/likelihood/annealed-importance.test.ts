import { expect, it } from 'vitest'
import { gaussianMixture } from '../../density/index.ts'
import { covarianceOf, type ExactComponent, exactEnergy, reflection } from '../testing/exact.ts'
import { type AnnealedOptions, annealedLogPartition } from './annealed-importance.ts'

const components: readonly ExactComponent[] = [
  { weight: 0.4, mean: [-2, 0.6, 0], axes: reflection([1, 2, -1]), variances: [0.5, 0.2, 1] },
  { weight: 0.6, mean: [1.5, -0.4, 1], axes: reflection([0, 1, 1]), variances: [0.3, 0.6, 0.8] },
]
/** `exactEnergy` leaves (2π)^{d/2} out. */
const logZ = 1.5 * Math.log(2 * Math.PI)
const density = gaussianMixture({
  means: components.map(({ mean }) => mean),
  covariances: components.map(covarianceOf),
  weights: components.map(({ weight }) => weight),
})
const full = density.covariance!()
const covariance = [0, 1, 2].flatMap((i) => Array.from(full.subarray(3 * i, 3 * i + i + 1)))
const options: AnnealedOptions = {
  model: exactEnergy(components),
  values: {},
  moments: { mean: Array.from(density.mean!()), covariance },
  ...{ chains: 64, temperatures: 100, leapfrog: 3 },
}

it('finds a known normaliser, forward and from exact samples, within its own error', async () => {
  const z: number[] = []
  let covered = 0
  for (let seed = 0; seed < 6; seed++) {
    const exactSamples = density.sample({ seed: 20 + seed, first: 0, count: 64 })
    for (const way of [{}, { exactSamples }]) {
      const found = await annealedLogPartition({ ...options, ...way, seed })
      expect(Math.abs(found.logZ - logZ)).toBeLessThan(0.4)
      expect(found.acceptance).toBeGreaterThan(0.5)
      z.push((found.logZ - logZ) / found.standardError)
      if (found.low <= logZ && logZ <= found.high) covered++
    }
  }
  expect(covered).toBeGreaterThanOrEqual(10)
  const square = z.reduce((sum, value) => sum + value ** 2, 0) / z.length
  expect(square).toBeGreaterThan(0.4)
  expect(square).toBeLessThan(2.2)
})

it('is better the more temperatures there are', async () => {
  const error = async (temperatures: number): Promise<number> =>
    (await annealedLogPartition({ ...options, temperatures })).standardError
  expect(await error(100)).toBeLessThan(0.6 * (await error(8)))
})

it('refuses what it cannot do', async () => {
  await expect(annealedLogPartition({ ...options, chains: 1 })).rejects.toMatchObject({
    code: 'sampling/chains',
  })
  const model = { ...options.model, can: {} }
  await expect(annealedLogPartition({ ...options, model })).rejects.toMatchObject({ code: 'family/cannot' })
  const conditional = { ...options.model, conditions: { label: [1] } }
  await expect(annealedLogPartition({ ...options, model: conditional })).rejects.toMatchObject({
    code: 'sampling/conditional-normaliser',
  })
})
