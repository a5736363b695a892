import { describe, expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { finiteDifferenceScoreMatching } from './finite-difference-score-matching.ts'
import {
  elsewhere,
  fisherDivergence,
  knownEnergy,
  knownScore,
  nodesOf,
  twoGaussians,
  withDraws,
} from './known-model.test-helper.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'

const objective = finiteDifferenceScoreMatching
const density = twoGaussians(1)
const nodes = nodesOf(density, [-8, 8], 400)
const all = withDraws(nodes, [[1], [-1]])

describe.each([
  ['a free field', knownScore({ dimension: 1 })],
  ['an energy', knownEnergy({ dimension: 1 })],
] as const)('of %s', (_, model) => {
  const lossAt = async (epsilon: number, runtime?: f.Runtime) => {
    const told = { batchSize: all.count, settings: { epsilon } }
    const lossOf = await hostLoss(objective, factsOf(objective, model, told), runtime)
    return Object.assign(
      (theta: readonly number[]) =>
        lossOf({ theta }, { data: all.points, mass: all.mass, draws: { probes: all.draws } }),
      { dispose: () => lossOf.dispose() },
    )
  }

  test('the Fisher divergence less a constant, with a bias that falls as ε²', async () => {
    const fisher = await fisherDivergence(model, density, nodes)
    const information = density
      .score(nodes.points)
      .reduce((sum, s, i) => sum + 0.5 * nodes.mass[i]! * s ** 2, 0)
    const biases: number[][] = []
    for (const epsilon of [0.05, 0.025]) {
      const lossOf = await lossAt(epsilon)
      const found = []
      for (const theta of elsewhere.slice(1))
        found.push((await lossOf(theta)).loss - (await fisher(theta)) + information)
      biases.push(found)
      await lossOf.dispose()
    }
    biases[0]!.forEach((bias, i) => {
      expect(Math.abs(bias)).toBeGreaterThan(1e-5)
      expect(Math.abs(bias)).toBeLessThan(1e-3)
      expect(bias / biases[1]![i]!).toBeGreaterThan(3.8)
      expect(bias / biases[1]![i]!).toBeLessThan(4.25)
    })
  })

  test('round-off in float32: small at ε = 0.1, and worse the smaller ε is', async () => {
    const errors = []
    for (const epsilon of [0.1, 1e-3]) {
      const [exact, rounded] = [await lossAt(epsilon), await lossAt(epsilon, await f.defaultRuntime())]
      const [a, b] = [await exact(elsewhere[1]!), await rounded(elsewhere[1]!)]
      const squares = Float64Array.from(a.rows).reduce(
        (sum, value, i) => sum + all.mass[i]! * (value - b.rows[i]!) ** 2,
        0,
      )
      errors.push(Math.sqrt(squares))
      await exact.dispose()
      await rounded.dispose()
    }
    expect(errors[0]).toBeLessThan(1e-4)
    expect(errors[1]).toBeGreaterThan(10 * errors[0]!)
  })
})
