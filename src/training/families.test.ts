import { expect, test } from 'vitest'
import { byName } from '../base/index.ts'
import { freshSource } from '../data/index.ts'
import { gaussianMixture } from '../density/index.ts'
import { hostAbility } from '../family/ability.test-helper.ts'
import { families } from '../family/index.ts'
import { measureMoments } from './measure.ts'
import { eventsOf, smallTask } from './training.test-helper.ts'

/** A lopsided mixture on the line, not centred: standard deviation about 1.5. */
const density = gaussianMixture({ means: [[-1], [2]], covariances: [0.3, 0.6], weights: [0.4, 0.6] })
const data = freshSource({ event: [1], sample: (range) => density.sample({ seed: 5, ...range }) })
const measured = Float32Array.from(density.sample({ seed: 6, first: 0, count: 2000 }))
const points = density.sample({ seed: 7, first: 0, count: 500 })

async function trained(familyName: string, objective: string) {
  const family = byName(families, familyName, 'family')
  const size = { width: 24, blocks: 1 }
  const sigmaData = 1.6
  const model = family.build({ event: [1], parts: [], sigmaData, network: 'residual-mlp', size })
  const task = smallTask({
    model,
    data,
    moments: () => measureMoments(measured, 1),
    config: {
      ...{ objective, sigmaData, optimiserOptions: {}, steps: 800, batchSize: 256, stepsPerCall: 50 },
      ...{ evaluateEverySteps: 800, checkpointEverySteps: 0, emaHalfLifeSteps: 40, warmUpSteps: 20 },
    },
  })
  const { done } = await eventsOf(task)
  return { model, values: done.state.groups['ema']! }
}

test('an energy learned against noise is a log-density, within 0.06 nats a point', async () => {
  const { model, values } = await trained('energy', 'noise-contrastive')
  const energy = await (await hostAbility(model, 'energy', points.length))(values, points)
  const truth = density.logDensity(points)
  const off = energy.reduce((sum, e, i) => sum + Math.abs(-e - truth[i]!) / points.length, 0)
  expect(off).toBeLessThan(0.06)
})

test.each(['implicit-score-matching', 'sliced-variance-reduced'])(
  'a score network learned by %s misses less than a twentieth of the score',
  async (objective) => {
    const { model, values } = await trained('score-network', objective)
    const score = await (await hostAbility(model, 'score', points.length))(values, points)
    const truth = density.score(points)
    const missed = score.reduce((sum, s, i) => sum + (s - truth[i]!) ** 2, 0)
    expect(missed / truth.reduce((sum, s) => sum + s ** 2, 0)).toBeLessThan(0.05)
  },
)
