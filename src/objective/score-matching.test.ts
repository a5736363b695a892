import { describe, expect, test } from 'vitest'
import type { Model } from '../family/index.ts'
import { implicitScoreMatching } from './implicit-score-matching.ts'
import {
  elsewhere,
  fisherDivergence,
  knownEnergy,
  knownScore,
  nodesOf,
  signs,
  twoGaussians,
  withDraws,
} from './known-model.test-helper.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'
import { slicedScoreMatching } from './sliced-score-matching.ts'
import { slicedVarianceReduced } from './sliced-variance-reduced.ts'

const models: readonly (readonly [string, Model<'score'>])[] = [
  ['a free field', knownScore({ dimension: 2 })],
  ['an energy', knownEnergy({ dimension: 2 })],
]

const density = twoGaussians(2)

describe.each(models)('of %s', (kind, model) => {
  const nodes = nodesOf(density, [-7, 7], 64)
  test.each([
    [implicitScoreMatching, [[]]],
    [slicedScoreMatching, signs],
    [slicedVarianceReduced, signs],
  ])('$name is the Fisher divergence less ½E‖∇ ln p‖², in units of σ_d²/d', async (objective, draws) => {
    const sigmaData = 1.7
    const all = withDraws(nodes, draws)
    const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData }
    const lossOf = await hostLoss(objective, factsOf(objective, model, { batchSize: all.count, range }))
    const fisher = await fisherDivergence(model, density, nodes)
    const at = (theta: readonly number[]) =>
      lossOf({ theta }, { data: all.points, mass: all.mass, draws: { probes: all.draws } })
    const information = density
      .score(nodes.points)
      .reduce((sum, s, i) => sum + 0.5 * nodes.mass[i >> 1]! * s ** 2, 0)
    const unit = sigmaData ** 2 / 2
    const truth = await at([0, 0, 0, 0])
    expect(truth.loss / (-information * unit)).toBeCloseTo(1, 8)
    for (const slope of truth.gradient['theta']!) expect(Math.abs(slope)).toBeLessThan(1e-8)
    for (const theta of elsewhere) {
      const { loss, gradient } = await at(theta)
      expect(loss - unit * (await fisher(theta)) - truth.loss).toBeCloseTo(0, 8)
      if (kind === 'an energy') expect(gradient['theta']![3]).toBeCloseTo(0, 10) // a constant has no score
    }
    await lossOf.dispose()
  })
})
