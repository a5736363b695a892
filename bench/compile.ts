import * as f from '../src/engine/index.ts'
import { families, preconditioned } from '../src/family/index.ts'
import { residualMlp } from '../src/nn/index.ts'
import { defaultTraining } from '../src/run/index.ts'
import { adamw } from '../src/training/adamw.ts'
import { learningOf } from '../src/training/learning.ts'
import { trainingStep } from '../src/training/step.ts'
import { type Bench, median } from './harness.ts'

/** Tracing, differentiating and compiling the training step of a six-layer network. */
export const compiling: Bench = {
  name: 'compile',
  summary: 'tracing and compiling the training step of a 6-layer MLP',
  async *run() {
    const scale = { sigmaData: 1, largestDistance: 10 }
    const facts = { family: families[0]!, dimension: 12, rows: 5000, heldOutRows: 500, scale, seed: 0 }
    const config = defaultTraining(facts)
    const seconds: number[] = []
    for (let round = 0; round < 5; round++) {
      const model = preconditioned({
        network: residualMlp,
        shape: { event: [12] },
        size: { width: 256, blocks: 2, embedding: 64 },
        sigmaData: 1 + round / 100, // another graph each time, so that nothing is found ready
      })
      const started = performance.now()
      const program = await f.compile(
        trainingStep({
          learning: learningOf({ model, config }),
          optimiser: adamw,
          optimiserOptions: adamw.defaults,
        }),
        { loop: true },
      )
      seconds.push((performance.now() - started) / 1000)
      await program.dispose()
    }
    yield {
      name: 'compiling the training step of a 6-layer MLP, tracing included',
      unit: 's',
      ours: median(seconds),
      peers: {},
      ratio: null,
      target: { atMost: 0.5 },
      met: median(seconds) <= 0.5,
    }
  },
}
