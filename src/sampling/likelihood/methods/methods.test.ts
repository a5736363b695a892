import { describe, expect, it, test } from 'vitest'
import { gaussianMixture } from '../../../density/index.ts'
import { buildModel, families, type Model, withDerived } from '../../../family/index.ts'
import { startValues } from '../../../nn/index.ts'
import { covarianceOf, type ExactComponent, exactEnergy, reflection } from '../../testing/exact.ts'
import { annealedLogPartition } from '../annealed-importance.ts'
import { isotropicMoments } from '../prior.ts'
import {
  type LikelihoodModel,
  likelihoodFor,
  likelihoodKind,
  likelihoodMethods,
  usualLikelihood,
} from './index.ts'

const facts = {
  ...{ event: [3], parts: [{ kind: 'numbers', width: 3 }] as const, network: 'residual-mlp', sigmaData: 1 },
}

function modelOf(name: string): Model {
  const family = families.find((one) => one.name === name)!
  const sizes = family.defaultSize({ event: [3], rows: 100, network: 'residual-mlp' })
  return withDerived(buildModel(family, { ...facts, size: { ...sizes, width: 16 } }))
}

/** What a method is given; those that are not asked for are not there. */
function given(model: Model, more: Partial<LikelihoodModel> = {}): LikelihoodModel {
  const none = async (): Promise<never> => {
    throw new Error('not asked for')
  }
  return {
    ...{ model, values: startValues(model.parameters, 1), runtime: undefined, tracePasses: 3 },
    ...{ range: { sigmaMin: 0.01, sigmaMax: 20 }, moments: isotropicMoments(3, 1) },
    ...{ energy: none, logPartition: none, ...more },
  }
}

describe('a model’s way', () => {
  it.each([
    ['denoiser', 'flow', 'flow'],
    ['real-nvp', 'exact', 'exact'],
    ['variational-autoencoder', 'importance', 'bound'],
    ['energy', 'annealed', 'none'],
  ])('%s: %s', (family, method, kind) => {
    const model = modelOf(family)
    expect(usualLikelihood(model)?.name).toBe(method)
    expect(likelihoodKind(model)).toBe(kind)
  })

  it('is refused where the model has not what it takes, with those that it has', () => {
    expect(() => likelihoodFor('flow', modelOf('energy'), 'energy')).toThrow(
      expect.objectContaining({ code: 'sampling/cannot', hint: 'It can be by: annealed.' }),
    )
    expect(likelihoodFor('bound', modelOf('denoiser'), 'denoiser').name).toBe('bound')
  })
})

test('an untrained denoiser is a Gaussian: flow and bound tell its density', async () => {
  const model = modelOf('denoiser')
  const x = Float64Array.from({ length: 15 }, (_, i) => 1.5 * Math.sin(3 * i))
  const exact = gaussianMixture({ means: [[0, 0, 0]], covariances: [1] }).logDensity(x)
  for (const name of ['flow', 'bound']) {
    const method = likelihoodMethods.find((one) => one.name === name)!
    const found = await method.logDensity(given(model), x, {})
    found.logDensity.forEach((value, i) => {
      expect(Math.abs(value - exact[i]!)).toBeLessThan(3e-3 + 4 * found.standardError[i]!)
    })
  }
})

test('an energy less its normaliser is its log-density, within the error that all rows share', async () => {
  const component: ExactComponent = {
    weight: 1,
    mean: [1, 0, -1],
    axes: reflection([1, 2, -1]),
    variances: [0.5, 1.5, 1],
  }
  const model = exactEnergy([component])
  const density = gaussianMixture({ means: [component.mean], covariances: [covarianceOf(component)] })
  const x = density.sample({ seed: 5, first: 0, count: 6 })
  const exact = density.logDensity(x)
  const moments = isotropicMoments(3, 1)
  const found = await likelihoodFor('annealed', model, 'energy').logDensity(
    given(model, {
      moments,
      energy: async () => exact.map((value) => -value - 1.5 * Math.log(2 * Math.PI)),
      logPartition: () => annealedLogPartition({ model, values: {}, moments, chains: 64, temperatures: 100 }),
    }),
    x,
    {},
  )
  expect(found.commonError).toBeLessThan(0.1)
  found.logDensity.forEach((value, i) => {
    expect(Math.abs(value - exact[i]!)).toBeLessThan(4 * found.standardError[i]! + 1e-4)
  })
})

test('more draws of a bound bring it nearer, and less than two are refused', async () => {
  const model = modelOf('variational-autoencoder')
  const method = likelihoodFor('importance', model, 'variational-autoencoder')
  const x = Float64Array.from({ length: 90 }, (_, i) => 2 * Math.sin(5 * i))
  const mean = async (draws: number): Promise<number> => {
    const { logDensity } = await method.logDensity(given(model), x, { draws })
    return logDensity.reduce((sum, value) => sum + value, 0) / logDensity.length
  }
  expect(await mean(200)).toBeGreaterThan(await mean(2))
  await expect(mean(1)).rejects.toMatchObject({ code: 'sampling/draws' })
})
