import { describe, expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { type Model, withDerived } from '../family/index.ts'
import { zeros } from '../nn/index.ts'
import { annealedSliced } from './annealed-sliced.ts'
import { denoisingOneLevel } from './denoising-one-level.ts'
import {
  elsewhere,
  fisherDivergence,
  knownEnergy,
  knownScore,
  nodesOf,
  normalNodes,
  twoGaussians,
  withDraws,
} from './known-model.test-helper.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'

const clean = twoGaussians(1)
const normal = normalNodes(140)
const all = withDraws(nodesOf(clean, [-8, 8], 110), normal.draws, normal.mass)
const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1.7 }

describe.each([
  ['a free field', knownScore],
  ['an energy', knownEnergy],
] as const)('of %s', (_, known) => {
  test.each([0.2, 0.7])(
    'denoising-one-level at σ = %f σ_d is the Fisher divergence of the noised density, less a constant',
    async (setting) => {
      const sigma = setting * range.sigmaData
      const model = known({ dimension: 1, sigma })
      const told = { batchSize: all.count, range, settings: { sigma: setting } }
      const objective = denoisingOneLevel
      const lossOf = await hostLoss(objective, factsOf(objective, model, told))
      const noised = clean.noised!({ alpha: 1, std: sigma })
      const nodes = nodesOf(noised, [-16, 16], 900)
      const fisher = await fisherDivergence(model, noised, nodes)
      const at = (theta: readonly number[]) =>
        lossOf({ theta }, { data: all.points, mass: all.mass, draws: { noise: all.draws } })
      const unit = range.sigmaData ** 2
      const truth = await at([0, 0, 0, 0])
      const information = noised
        .score(nodes.points)
        .reduce((sum, s, i) => sum + 0.5 * nodes.mass[i]! * s ** 2, 0)
      expect(truth.loss / (-unit * information)).toBeCloseTo(1, 6)
      for (const slope of truth.gradient['theta']!) expect(Math.abs(slope)).toBeLessThan(1e-6)
      for (const theta of elsewhere)
        expect((await at(theta)).loss - unit * (await fisher(theta)) - truth.loss).toBeCloseTo(0, 6)
      await lossOf.dispose()
    },
  )

  test.each([0.3, 2])(
    'annealed-sliced at σ = %f is λσ⁴ times the Fisher divergence of the noised density, less a constant',
    async (sigma) => {
      const weight = 3
      const model = known({ dimension: 1, sigma, levels: 'each' })
      const objective = annealedSliced
      const lossOf = await hostLoss(objective, factsOf(objective, model, { batchSize: all.count, range }))
      const noised = clean.noised!({ alpha: 1, std: sigma })
      const nodes = nodesOf(noised, [-16, 16], 900)
      const fisher = await fisherDivergence(model, noised, nodes)
      const filled = (value: number) => new Float64Array(all.count).fill(value)
      const level = { sigma: filled(sigma), weight: filled(weight) }
      const draws = { noise: all.draws, probe: filled(-1) } // in one dimension both signs are alike
      const at = (theta: readonly number[]) =>
        lossOf({ theta }, { data: all.points, mass: all.mass, draws, level })
      const truth = await at([0, 0, 0, 0])
      for (const slope of truth.gradient['theta']!) expect(Math.abs(slope)).toBeLessThan(1e-5)
      for (const theta of elsewhere) {
        const divergence = 2 * weight * sigma ** 4 * (await fisher(theta))
        const { loss } = await at(theta)
        expect(Math.abs(loss - divergence - truth.loss) / (Math.abs(loss) + 1)).toBeLessThan(1e-6)
      }
      await lossOf.dispose()
    },
  )
})

test('the sign: of N(0, I) noised, s = −ax and E = ½ax² have their minimum at a = 1/(1 + σ²), not at its negative', async () => {
  const scaled = (of: 'score' | 'energy'): Model => {
    const stretched = (a: f.Tensor, x: f.Tensor): f.Tensor => f.broadcastTo(a, x.shape)
    return withDerived({
      event: [1],
      levels: 'one',
      parameters: { a: zeros([1]) },
      can:
        of === 'score'
          ? { score: ({ a }, { x }) => f.neg(f.mul(x, stretched(a!, x))) }
          : {
              energy: ({ a }, { x }) =>
                f.mul(f.sum(f.mul(f.square(x), stretched(a!, x)), { axes: [1] }), 0.5),
            },
    } as Model)
  }
  for (const of of ['score', 'energy'] as const) {
    const objective = denoisingOneLevel
    const rows = 60
    const model = scaled(of)
    const lossOf = await hostLoss(
      objective,
      factsOf(objective, model, { batchSize: rows ** 2, settings: { sigma: 0.5 } }),
    )
    const { draws, mass } = normalNodes(rows)
    const data = { points: Float64Array.from(draws.flat()), mass, count: rows }
    const nodes = withDraws(data, draws, mass)
    const slope = async (a: number): Promise<number> =>
      (await lossOf({ a: [a] }, { data: nodes.points, mass: nodes.mass, draws: { noise: nodes.draws } }))
        .gradient['a']![0]!
    expect(await slope(1 / 1.25)).toBeCloseTo(0, 6)
    expect(await slope(1 / 1.25 + 0.1)).toBeCloseTo(0.125, 6) // ½a²·1.25 − a has second derivative 1.25
    await lossOf.dispose()
  }
})
