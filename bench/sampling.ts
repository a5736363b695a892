import { preconditioned } from '../src/family/index.ts'
import { residualMlp, startValues } from '../src/nn/index.ts'
import { FittedModel } from '../src/run/experiment/fitted-model.ts'
import { type Bench, median } from './harness.ts'

const range = { sigmaMin: 0.002, sigmaMax: 20, sigmaData: 1 }

/** Drawing rows of a table's size with the default network for it. */
export const sampling: Bench = {
  name: 'sampling',
  summary: '10,000 rows of 12 columns, 25 Heun steps (49 evaluations), default network',
  async *run() {
    const shape = { event: [12] }
    const size = residualMlp.defaultSize({ event: [12], rows: 5000 })
    const model = preconditioned({ network: residualMlp, shape, size, sigmaData: range.sigmaData })
    const fitted = new FittedModel({ model, values: startValues(model.parameters, 1), range })
    const seconds: number[] = []
    for (let round = 0; round < 3; round++) {
      const started = performance.now()
      await fitted.sample({ count: 10_000, sampler: 'heun', grid: 'karras', steps: 25, seed: round })
      seconds.push((performance.now() - started) / 1000)
    }
    yield {
      name: 'drawing 10,000 rows of 12 columns, 25 Heun steps',
      unit: 's',
      ours: median(seconds),
      peers: {},
      ratio: null,
      target: { atMost: 5 },
      met: median(seconds) <= 5,
      note: `compiling included; network ${JSON.stringify(size)}`,
    }
  },
}
