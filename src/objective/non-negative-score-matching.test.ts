import { expect, test } from 'vitest'
import { type ExactDensity, uniformBox } from '../density/index.ts'
import * as f from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import { zeros } from '../nn/index.ts'
import { implicitScoreMatching } from './implicit-score-matching.ts'
import { fisherDivergence, type Nodes, nodesOf } from './known-model.test-helper.ts'
import { nonNegativeScoreMatching } from './non-negative-score-matching.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'
import type { Objective } from './objective.ts'

/** p(x) = e^{−x}, x ≥ 0: as far as the tests ask. */
const exponential = {
  dimension: 1,
  logDensity: (x: Float64Array) => x.map((value) => -value),
  score: (x: Float64Array) => x.map(() => -1),
} as ExactDensity

/** s = s_true + θ₁ + θ₂ x. */
function line(truth: number): Model<'score'> {
  const part = (theta: f.Tensor, k: number, x: f.Tensor): f.Tensor =>
    f.broadcastTo(f.reshape(f.slice(theta, { axis: 0, start: k, end: k + 1 }), [1, 1]), x.shape)
  return {
    event: [1],
    levels: 'one',
    parameters: { theta: zeros([2]) },
    can: {
      score: ({ theta }, { x }) => f.add(f.add(part(theta!, 0, x), f.mul(part(theta!, 1, x), x)), truth),
    },
  }
}

/** Panels one after the other: h has corners between them. */
function panels(density: ExactDensity, ends: readonly number[]): Nodes {
  const parts = ends.slice(1).map((end, i) => nodesOf(density, [ends[i]!, end], 40))
  const joined = (of: (part: Nodes) => Float64Array): Float64Array =>
    Float64Array.from(parts.flatMap((part) => [...of(part)]))
  return { points: joined((p) => p.points), mass: joined((p) => p.mass), count: 40 * parts.length }
}

/** How far the objective is from ½E h(s − s_true)²/d less a constant, at each θ. */
async function deviations(
  objective: Objective,
  given: {
    density: ExactDensity
    truth: number
    nodes: Nodes
    settings: Record<string, number>
    h: (x: number) => number
  },
): Promise<number[]> {
  const model = line(given.truth)
  const told = { batchSize: given.nodes.count, settings: given.settings }
  const lossOf = await hostLoss(objective, factsOf(objective, model, told))
  const fisher = await fisherDivergence(model, given.density, given.nodes, given.h)
  const at = async (theta: readonly number[]): Promise<number> =>
    (await lossOf({ theta }, { data: given.nodes.points, mass: given.nodes.mass })).loss
  const truth = await at([0, 0])
  const found = []
  for (const theta of [
    [0.5, 0],
    [0, -0.3],
    [-1, 0.4],
  ])
    found.push((await at(theta)) - (await fisher(theta)) - truth)
  await lossOf.dispose()
  return found
}

test('of an exponential, which does not vanish at 0: the weighted Fisher divergence less a constant', async () => {
  const nodes = panels(exponential, [0, 0.7, 6, 50])
  const h = (x: number): number => Math.min(x, 0.7)
  const given = { density: exponential, truth: -1, nodes, settings: { cap: 0.7 }, h }
  for (const deviation of await deviations(nonNegativeScoreMatching, given))
    expect(Math.abs(deviation)).toBeLessThan(1e-9)
  // Plain score matching is wrong there, by −p(0) (s − s_true)(0).
  const plain = await deviations(implicitScoreMatching, { ...given, h: () => 1, settings: {} })
  expect(plain[0]).toBeCloseTo(-0.5, 9)
  expect(plain[2]).toBeCloseTo(1, 9)
})

test('of a box: bounds on both sides', async () => {
  const box = uniformBox({ low: [-1], high: [3] })
  const nodes = panels(box, [-1, -0.2, 2.2, 3])
  const h = (x: number): number => Math.min(x + 1, 3 - x, 0.8)
  const given = { density: box, truth: 0, nodes, settings: { lower: -1, upper: 3, cap: 0.8 }, h }
  for (const deviation of await deviations(nonNegativeScoreMatching, given))
    expect(Math.abs(deviation)).toBeLessThan(1e-9)
})
