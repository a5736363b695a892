import { describe, expect, it } from 'vitest'
import { gaussian, gaussianMixture, studentT } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import type { Model } from '../../family/index.ts'
import { covarianceOf, exactDenoiser, rotation } from '../../sampling/testing/exact.ts'
import { scoreErrors } from './score-error.ts'

const runtime = f.referenceRuntime
const components = [
  { weight: 0.4, mean: [-1.5, 0.6], axes: rotation(0.3), variances: [0.5, 0.2] },
  { weight: 0.6, mean: [1, -0.4], axes: rotation(1.2), variances: [0.3, 0.6] },
]
const density = gaussianMixture({
  means: components.map(({ mean }) => mean),
  covariances: components.map(covarianceOf),
  weights: components.map(({ weight }) => weight),
})
const levels = [0.01, 0.5, 8]

/** D + c, D the best denoiser of the mixture. */
function shifted(c: number): Model<'denoise'> {
  const { model } = exactDenoiser(components)
  return {
    event: [2],
    levels: 'each',
    parameters: {},
    can: { denoise: (values, { x, sigma }) => f.add(model.denoise(values, { x, sigma: sigma! }), c) },
  }
}

describe('the error of a score', () => {
  it('is 0 for the truth, at every level', async () => {
    const found = await scoreErrors({
      trained: { model: shifted(0), values: {} },
      density,
      levels,
      count: 50,
      runtime,
    })
    expect(found.map(({ sigma }) => sigma)).toEqual(levels)
    for (const { error, relative } of found) {
      // Levels are rounded to float32 on their way.
      expect(error.value).toBeLessThan(1e-13)
      expect(relative.value).toBeLessThan(1e-13)
    }
  })

  it('of a denoiser that is off by c is c²/σ², without any doubt', async () => {
    const trained = { model: shifted(0.3), values: {} }
    for (const { sigma, error } of await scoreErrors({ trained, density, levels, count: 50, runtime })) {
      expect(error.value * sigma! ** 2).toBeCloseTo(0.09, 10)
      expect(error.standardError * sigma! ** 2).toBeLessThan(1e-9)
    }
  })

  it('of no arrows is all of it, by the size that the true arrows have', async () => {
    const none: Model<'denoise'> = { ...shifted(0), can: { denoise: (_, { x }) => x } }
    const asked = { trained: { model: none, values: {} }, density: gaussian({ mean: [0, 0], covariance: 1 }) }
    for (const { sigma, error, relative } of await scoreErrors({ ...asked, levels, runtime })) {
      expect(relative.value).toBe(1)
      expect(relative.standardError).toBeLessThan(1e-12)
      // s* = −x/(1 + σ²), x of variance 1 + σ².
      const exact = sigma! ** 2 / (1 + sigma! ** 2)
      expect(Math.abs(error.value - exact)).toBeLessThan(4 * error.standardError)
      // χ² of 2 degrees of freedom has deviation 2: half of its mean is off by 1/√2000.
      expect(error.standardError / exact).toBeCloseTo(1 / Math.sqrt(2000), 2)
    }
  })

  it('of a model of one level is held against the density itself', async () => {
    const model: Model<'score'> = {
      event: [2],
      levels: 'one',
      parameters: {},
      can: { score: (_, { x }) => f.mul(x, -0.5) },
    }
    const standard = gaussian({ mean: [0, 0], covariance: 1 })
    const [found, ...more] = await scoreErrors({ trained: { model, values: {} }, density: standard, runtime })
    expect(more).toEqual([])
    expect(found!.relative.value).toBeCloseTo(0.25, 12)
    expect(found).not.toHaveProperty('sigma')
  })

  it('needs a density that is known under noise', async () => {
    const heavy = studentT({ degreesOfFreedom: 3, location: [0, 0], scale: [1, 0, 0, 1] })
    const asked = scoreErrors({ trained: { model: shifted(0), values: {} }, density: heavy, levels, runtime })
    await expect(asked).rejects.toMatchObject({ code: 'density/not-noised' })
  })
})
