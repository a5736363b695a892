import { expect, test } from 'vitest'
import * as f from '../../engine/index.ts'
import { type Model, perPoint, sigmaOf } from '../../family/index.ts'
import { FittedModel } from './fitted-model.ts'
import { tuneSampling } from './tune-sampling.ts'

const [shift, variance] = [0.7, 0.04]

/** N(shift · c, variance) of one column, c the condition: guided by w it is that of w c, since D is linear in c. */
const shifted: Model<'denoise'> = {
  event: [1],
  conditions: { side: [1] },
  levels: 'each',
  parameters: {},
  can: {
    denoise: (_, at) => {
      const noise = f.square(sigmaOf(at))
      const mean = f.mul(at.conditions!['side']!, shift)
      const sum = f.add(f.mul(perPoint(noise, mean), mean), f.mul(at.x, variance))
      return f.div(sum, perPoint(f.add(noise, variance), sum))
    },
  },
}
const range = { sigmaMin: 0.002, sigmaMax: 20, sigmaData: 1 }
const fitted = new FittedModel({
  ...{ model: shifted, values: {}, range },
  usualConditions: ({ count }) => ({ side: new Float32Array(count).fill(1) }),
})

test.each([0, 1, 1.5, -2])('guided by %d: the normal of so many times the condition', async (weight) => {
  const x = await fitted.sample({ count: 2000, seed: 4, steps: 60, guidance: { weight } })
  const mean = x.reduce((sum, value) => sum + value / x.length, 0)
  const spread = x.reduce((sum, value) => sum + (value - mean) ** 2 / x.length, 0)
  // Four standard errors of 2,000 draws.
  expect(Math.abs(mean - shift * weight)).toBeLessThan(4 * Math.sqrt(variance / 2000))
  expect(Math.abs(spread / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 2000))
})

test('inside of an interval only', async () => {
  const draw = { count: 4, seed: 4 }
  const none = await fitted.sample({ ...draw, guidance: { weight: 3, interval: [100, 200] } })
  expect(none).toEqual(await fitted.sample(draw))
  const all = await fitted.sample({ ...draw, guidance: { weight: 3, interval: [0, 100] } })
  expect(all).toEqual(await fitted.sample({ ...draw, guidance: { weight: 3 } }))
})

test('a model that was not trained without its conditions, or takes none, cannot be guided', async () => {
  for (const model of [shifted, { ...shifted, conditions: undefined }]) {
    const other = new FittedModel({ model, values: {}, range })
    await expect(other.sampler({ guidance: { weight: 2 } })).rejects.toMatchObject({ code: 'family/cannot' })
  }
})

test('a search is of the guided model, and keeps its guidance', async () => {
  const own = { sampler: 'heun', grid: 'karras', steps: 25, guidance: { weight: 2 } }
  const { best, usual } = await tuneSampling(fitted, { evaluations: 4, own, rows: 40, seed: 1 })
  for (const { sampling, error } of [best, usual]) {
    expect(sampling.guidance).toEqual(own.guidance)
    const [rows, ends] = await Promise.all(
      [sampling, { steps: 100, guidance: own.guidance }].map((drawn) =>
        fitted.sample({ ...drawn, seed: 1, count: 40 }),
      ),
    )
    const off = Math.sqrt(rows!.reduce((sum, value, i) => sum + (value - ends![i]!) ** 2, 0) / rows!.length)
    expect(off).toBeCloseTo(error, 5)
  }
})
