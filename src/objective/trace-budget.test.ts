import { expect, test } from 'vitest'
import { byName, RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { families, withDerived } from '../family/index.ts'
import { startValues } from '../nn/index.ts'
import { implicitScoreMatching } from './implicit-score-matching.ts'
import { nonNegativeScoreMatching } from './non-negative-score-matching.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'

const [batchSize, dimension] = [32, 10]
const data = new RandomStream({ seed: 1, name: 'data' }).normal({
  first: 0,
  count: batchSize,
  width: dimension,
})

test.each([
  { name: 'score-network', objective: implicitScoreMatching },
  { name: 'energy', objective: implicitScoreMatching },
  { name: 'score-network', objective: nonNegativeScoreMatching },
])(
  '$name by $objective.name: in rounds the same loss and gradients on the CPU, to 1e-6',
  async ({ name, objective }) => {
    const family = byName(families, name, 'family')
    const size = { width: 24, blocks: 2 }
    const facts = { event: [dimension], parts: [], sigmaData: 1, network: 'residual-mlp', size }
    const model = withDerived(family.build(facts))
    const values = startValues(model.parameters, 3)
    // The last layer starts at 0, where there is nothing to compare.
    const noise = new RandomStream({ seed: 2, name: 'weights' })
    for (const [i, weights] of Object.values(values).entries())
      noise.normal({ first: i, count: 1, width: weights.length }).forEach((z, k) => {
        weights[k]! += 0.1 * z
      })
    const found = async (settings: Readonly<Record<string, number>>, runtime: f.Runtime) => {
      const lossOf = await hostLoss(objective, factsOf(objective, model, { batchSize, settings }), runtime)
      const result = await lossOf(values, { data })
      await lossOf.dispose()
      return result
    }
    const exact = await found({}, f.referenceRuntime)
    const largest = Math.max(...Object.values(exact.gradient).flatMap((g) => Array.from(g, Math.abs)))
    for (const settings of [{}, { traceMegabytes: 0.2 }, { traceMegabytes: 1e-6 }]) {
      const { loss, gradient } = await found(settings, f.nodeCpu({ threads: 1 }))
      expect(Math.abs(loss / exact.loss - 1)).toBeLessThan(1e-6)
      for (const [parameter, slopes] of Object.entries(exact.gradient))
        for (const [i, slope] of slopes.entries())
          expect(Math.abs(gradient[parameter]![i]! - slope) / largest).toBeLessThan(1e-5)
    }
  },
)
