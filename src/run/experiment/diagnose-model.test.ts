import { expect, test } from 'vitest'
import { gaussian } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import { diagnosisSentences } from '../../evaluation/index.ts'
import type { Model } from '../../family/index.ts'
import { someConfig } from '../testing/runs.ts'
import { diagnoseModel } from './diagnose-model.ts'
import { FittedModel } from './fitted-model.ts'

const density = gaussian({ mean: [0, 0], covariance: 1 })
const drawn = (seed: number, count: number): Float32Array =>
  Float32Array.from(density.sample({ seed, first: 0, count }))
const { training: config } = someConfig()
const diagnosed = (model: Pick<Model, 'levels' | 'can'>, training = drawn(1, 600)) =>
  diagnoseModel({
    fitted: new FittedModel({
      model: { event: [2], parameters: {}, ...model },
      values: {},
      range: { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 },
    }),
    ...{ config, density, training, heldOut: drawn(2, 600), seed: 3 },
  })
const perRow = (values: f.Tensor, like: f.Tensor): f.Tensor =>
  f.broadcastTo(f.reshape(values, [like.shape[0]!, 1]), like.shape)

test('the best denoiser is a gradient, without error, and knows nothing by heart', async () => {
  const found = (await diagnosed({
    levels: 'each',
    can: { denoise: (_, { x, sigma }) => f.div(x, perRow(f.add(f.square(sigma!), 1), x)) },
  }))!
  const values = found.levels.map(({ conservativity, scoreError }) => (conservativity ?? scoreError)!.value)
  expect(values).toHaveLength(6)
  for (const value of values) expect(value).toBeLessThan(1e-6)
  expect(diagnosisSentences(found).at(-1)).toContain('At none of 16 noise levels')
})

test('a denoiser that turns to rows that it knows is told from one that does not', async () => {
  // The best denoiser of 12 training rows: the mean of the rows, weighed by their nearness.
  const known = drawn(1, 12)
  const rows = Array.from({ length: 12 }, (_, i) => known.subarray(2 * i, 2 * i + 2))
  const found = (await diagnosed(
    {
      levels: 'each',
      can: {
        denoise: (_, { x, sigma }) => {
          const matrix = f.constant({ shape: [12, 2], data: known })
          const squares = f.constant({ shape: [1, 12], data: rows.map(([a, b]) => (a! ** 2 + b! ** 2) / 2) })
          const dots = f.matmul(x, matrix, { transposeB: true })
          const nearness = f.sub(dots, f.broadcastTo(squares, dots.shape))
          const weights = f.softmax(f.div(nearness, perRow(f.square(sigma!), dots)), { axis: 1 })
          return f.matmul(weights, matrix)
        },
      },
    },
    known,
  ))!
  expect(diagnosisSentences(found).at(-1)).toContain('the model knows rows by heart')
})

test('an energy is a gradient by its form; no score, no diagnosis', async () => {
  const energy = (_: unknown, { x }: { x: f.Tensor }): f.Tensor =>
    f.mul(f.sum(f.square(x), { axes: [1] }), 0.5)
  const oneLevel = { ...config, objective: 'implicit-score-matching' }
  const fitted = new FittedModel({
    model: { event: [2], parameters: {}, levels: 'one', can: { energy } },
    values: {},
    range: { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 },
  })
  const asked = { fitted, config: oneLevel, training: drawn(1, 50), heldOut: drawn(2, 50), seed: 1 }
  expect(await diagnoseModel(asked)).toEqual({ isGradient: true, levels: [] })
  expect(await diagnosed({ levels: 'one', can: {} })).toBeUndefined()
})
