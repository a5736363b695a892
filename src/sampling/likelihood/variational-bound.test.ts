import { expect, it } from 'vitest'
import { gaussianMixture } from '../../density/index.ts'
import { covarianceOf, type ExactComponent, exactDenoiser, reflection, rotation } from '../testing/exact.ts'
import { variationalBound } from './variational-bound.ts'

const cases: readonly { name: string; components: readonly ExactComponent[] }[] = [
  {
    name: 'a Gaussian of full covariance',
    components: [{ weight: 1, mean: [1, 0, -2], axes: reflection([1, 2, -1.5]), variances: [2, 0.3, 0.7] }],
  },
  {
    name: 'a mixture',
    components: [
      { weight: 0.4, mean: [-1.5, 0.6], axes: rotation(0.3), variances: [0.5, 0.2] },
      { weight: 0.6, mean: [1, -0.4], axes: rotation(1.2), variances: [0.3, 0.6] },
    ],
  },
]

function given(components: readonly ExactComponent[], sigmaMin: number) {
  const density = gaussianMixture({
    means: components.map(({ mean }) => mean),
    covariances: components.map(covarianceOf),
    weights: components.map(({ weight }) => weight),
  })
  const d = density.dimension
  const full = density.covariance!()
  const covariance = Array.from({ length: d }, (_, i) =>
    Array.from(full.subarray(i * d, i * d + i + 1)),
  ).flat()
  const x = density.sample({ seed: 4, first: 0, count: 40 })
  const moments = { mean: Array.from(density.mean!()), covariance }
  return {
    exact: density.logDensity(x),
    options: { fitted: exactDenoiser(components), x, moments, sigmaMin, sigmaMax: 100 },
  }
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

it.each(cases)(
  'of the exact denoiser is the log-density itself, for small σ_min: $name',
  async ({ components }) => {
    const { exact, options } = given(components, 0.01)
    const { logDensity, standardError } = await variationalBound(options)
    const z = logDensity.map((value, i) => (value - exact[i]!) / standardError[i]!)
    const combined = Math.hypot(...standardError) / z.length
    expect(combined).toBeLessThan(0.05)
    // The decoder's own gap is of the order d (σ_min/deviation)⁴.
    expect(Math.abs(mean(logDensity) - mean(exact))).toBeLessThan(3 * combined + 1e-3)
    // Student's t of 15 degrees has variance 15/13.
    expect(mean(z.map((value) => value ** 2))).toBeLessThan(2)
  },
)

it('of a wrong denoiser is lower by what it errs', async () => {
  const { components } = cases[0]!
  const { exact, options } = given(components, 0.01)
  const wrong = exactDenoiser(components.map((one) => ({ ...one, variances: [2, 0.3, 1.4] })))
  const { logDensity, standardError } = await variationalBound({ ...options, fitted: wrong })
  // It is the exact bound of a Gaussian whose third variance is twice what it is: the divergence is ½ (½ − 1 + ln 2).
  const other = gaussianMixture({
    means: components.map((one) => one.mean),
    covariances: components.map((one) => covarianceOf({ ...one, variances: [2, 0.3, 1.4] })),
  }).logDensity(options.x)
  expect(Math.abs(mean(logDensity) - mean(other))).toBeLessThan(
    4 * (Math.hypot(...standardError) / 40) + 1e-3,
  )
  expect(mean(logDensity)).toBeLessThan(mean(exact))
})

it('belongs to (seed, row), and refuses what cannot be answered', async () => {
  const { options } = given(cases[1]!.components, 0.05)
  const all = await variationalBound({ ...options, draws: 32 })
  const few = await variationalBound({ ...options, draws: 32, x: options.x.subarray(0, 6) })
  few.logDensity.forEach((value, i) => {
    expect(value).toBeCloseTo(all.logDensity[i]!, 5)
  })
  const refused = { draws: 'draws', x: 'points' } as const
  await expect(variationalBound({ ...options, draws: 20 })).rejects.toMatchObject({
    code: `sampling/${refused.draws}`,
  })
  await expect(variationalBound({ ...options, x: options.x.subarray(1) })).rejects.toMatchObject({
    code: `sampling/${refused.x}`,
  })
})
