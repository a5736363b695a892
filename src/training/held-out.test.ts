import { expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { type Model, withDerived } from '../family/index.ts'
import { scoreNetwork } from '../family/score-network.ts'
import { startValues } from '../nn/index.ts'
import { HeldOut, lossByLevel, meanOverRows } from './held-out.ts'
import { moons, smallLearning, smallModel } from './training.test-helper.ts'

test('the standard error of different rows is the usual one', () => {
  const losses = [1, 4, 2, 9, 3]
  const { mean, standardError } = meanOverRows(losses, 100)
  expect(mean).toBeCloseTo(3.8, 14)
  const variance = losses.reduce((sum, loss) => sum + (loss - 3.8) ** 2, 0) / 4
  expect(standardError).toBeCloseTo(Math.sqrt(variance / 5), 14)
})

test('draws of one row are one observation', () => {
  // Rows 1, 5, 3, each drawn twice without any difference.
  const { standardError } = meanOverRows([1, 5, 3, 1, 5, 3], 3)
  expect(standardError).toBeCloseTo(Math.sqrt(4 / 3), 14)
  expect(meanOverRows([1, 2, 3], 1).standardError).toBeNaN()
})

test('the standard error is how much the mean varies', () => {
  const stream = new RandomStream({ seed: 1, name: 'losses' })
  const rowCount = 20
  const means: number[] = []
  let claimed = 0
  for (let trial = 0; trial < 400; trial++) {
    const rows = stream.normal({ first: 2 * trial, count: 1, width: rowCount })
    const draws = stream.normal({ first: 2 * trial + 1, count: 1, width: 70 })
    const losses = Array.from(draws, (draw, n) => 2 * rows[n % rowCount]! + draw)
    const { mean, standardError } = meanOverRows(losses, rowCount)
    means.push(mean)
    claimed += standardError ** 2 / 400
  }
  const centre = means.reduce((sum, mean) => sum + mean, 0) / 400
  const variance = means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0) / 399
  expect(claimed / variance).toBeGreaterThan(0.75)
  expect(claimed / variance).toBeLessThan(1.35)
})

test('the loss is that of the weights given, with noise drawn once', async () => {
  const model = smallModel()
  const start = (seed: number) => startValues(model.parameters, seed)
  const heldOut = await HeldOut.prepare({
    learning: smallLearning({ batchSize: 256 }, model),
    heldOut: { rows: moons(300, 4) },
    seed: 1,
  })
  const first = await heldOut.loss(start(1), 0)
  // The untrained network is the same function whatever the seed; other weights are not.
  expect(await heldOut.loss(start(2), 0)).toEqual(first)
  const other = Object.fromEntries(Object.entries(start(1)).map(([n, v]) => [n, v.map((p) => p + 0.1)]))
  expect((await heldOut.loss(other, 0)).mean).not.toBe(first.mean)
  expect(await heldOut.loss(start(1), 0)).toEqual(first)
  expect(first.standardError).toBeGreaterThan(0)
  await heldOut.dispose()
})

test('the loss by noise level is the same loss, taken apart', async () => {
  // D(x; σ) = x leaves all noise: the loss is λ(σ) σ²‖z‖²/2, and λ = (σ² + 1)/σ².
  const model: Model<'denoise'> = {
    event: [2],
    levels: 'each',
    parameters: {},
    can: { denoise: (_, { x }) => x },
  }
  const task = {
    learning: smallLearning({ batchSize: 256 }, model),
    heldOut: { rows: moons(300, 4) },
    seed: 1,
  }
  const found = (await lossByLevel({ ...task, values: {} }))!
  const heldOut = await HeldOut.prepare(task)
  const { mean } = await heldOut.loss({}, 0)
  await heldOut.dispose()
  const examples = found.count.reduce((sum, count) => sum + count, 0)
  const total = found.loss.reduce<number>((sum, loss, i) => sum + (loss ?? 0) * found.count[i]!, 0)
  expect(total / examples).toBeCloseTo(mean, 10)
  const low = found.sigma.flatMap((sigma, i) => (sigma < 0.2 && found.count[i]! > 100 ? [i] : []))
  expect(low.length).toBeGreaterThan(3)
  for (const i of low) {
    expect(Math.abs(found.loss[i]! - 1)).toBeLessThan(4 * found.standardError[i]! + 0.04)
    // ‖z‖²/2 has variance 1.
    expect(found.standardError[i]! * Math.sqrt(found.count[i]!)).toBeGreaterThan(0.7)
    expect(found.standardError[i]! * Math.sqrt(found.count[i]!)).toBeLessThan(1.4)
  }
})

test('an objective without noise levels has no loss by level', async () => {
  const model = withDerived(
    scoreNetwork.build({
      ...{ event: [2], parts: [], sigmaData: 1, network: 'residual-mlp' },
      size: { width: 8, blocks: 1 },
    }),
  )
  const learning = smallLearning({ objective: 'implicit-score-matching' }, model)
  const asked = { learning, heldOut: { rows: moons(10, 1) }, seed: 1, values: {} }
  expect(await lossByLevel(asked)).toBeUndefined()
})
