import { expect, test } from 'vitest'
import * as f from '../../engine/index.ts'
import type { Model } from '../../family/index.ts'
import { FittedModel } from './fitted-model.ts'
import { trajectoriesOf } from './trajectories.ts'

const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 }
const fitted = (model: Pick<Model, 'levels' | 'can'>): FittedModel =>
  new FittedModel({
    model: { event: [2], parameters: {}, ...model },
    values: {},
    range,
    runtime: f.referenceRuntime,
  })

/** The best denoiser of N(0, I): D = x/(1 + σ²). */
const normal = fitted({
  levels: 'each',
  can: {
    denoise: (_, { x, sigma }) =>
      f.div(x, f.broadcastTo(f.reshape(f.add(f.square(sigma!), 1), [x.shape[0]!, 1]), x.shape)),
  },
})

test('a path goes from the prior to the row that is drawn, at falling levels, whichever rows are asked for', async () => {
  const asked = { count: 5, seed: 3, first: 14, steps: 60 }
  const { levels, points } = await trajectoriesOf(normal, asked)
  expect(levels[0]).toBeCloseTo(10, 12)
  expect(levels.at(-1)).toBe(0)
  expect([...levels]).toEqual([...levels].sort((a, b) => b - a))
  expect(points.length).toBe(levels.length * 5 * 2)
  expect(points.subarray(-10)).toEqual(await normal.sample(asked))
  // The flow of a standard normal scales: x̄(σ) = x̄(σ_max) √((1 + σ²)/(1 + σ_max²)).
  const place = (k: number): Float32Array => points.subarray(10 * k, 10 * (k + 1))
  for (const k of [10, 30, 50])
    for (const [i, value] of place(k).entries()) {
      const exact = place(0)[i]! * Math.sqrt((1 + levels[k]! ** 2) / (1 + levels[0]! ** 2))
      expect(Math.abs(value - exact)).toBeLessThan(0.01 * Math.abs(exact) + 1e-3)
    }
})

test('a sampler that does not walk down noise levels has none', async () => {
  const oneLevel = fitted({ levels: 'one', can: { score: (_, { x }) => f.neg(x) } })
  await expect(trajectoriesOf(oneLevel, { count: 2, steps: 3 })).rejects.toMatchObject({
    code: 'sampling/no-trajectories',
  })
})
