import { RandomStream } from '../src/base/index.ts'
import { toyByName } from '../src/density/index.ts'
import { families } from '../src/family/index.ts'
import { defaultTraining, fit } from '../src/run/index.ts'
import { adamw } from '../src/training/adamw.ts'
import { Coefficients } from '../src/training/coefficients.ts'
import { learningOf } from '../src/training/learning.ts'
import { startState } from '../src/training/state.ts'
import { TrainingProgram } from '../src/training/training-program.ts'
import { type Bench, type BenchContext, type BenchResult, median } from './harness.ts'

/** Milliseconds of PyTorch 1.13's step of the same network on two quiet cores, Adam alone: no clipping, no average. */
const torchMilliseconds = 2.4

/** Families with an exact density, held against a known one. */
const exact = ['autoregressive', 'masked-flow']

/** A whole training step of a masked network with mixtures, and what such families reach on eight Gaussians. */
export const autoregressiveBench: Bench = {
  name: 'autoregressive',
  summary: 'a step of a masked network with mixtures, d = 12, batch 256; eight Gaussians in 120 s',
  async *run(context) {
    yield await step(context)
    for (const family of exact) yield await eightGaussians(family)
  },
}

/** MADE 12-256-256 with mixtures of five: likelihood, gradients, clipping, AdamW, average, as `train` does it. */
async function step({ rounds, seconds }: BenchContext): Promise<BenchResult> {
  const [columns, batchSize, steps] = [12, 256, 32]
  const family = families.find(({ name }) => name === 'autoregressive')!
  const model = family.build({
    event: [columns],
    parts: [{ kind: 'numbers', width: columns }],
    sigmaData: 1,
    network: 'residual-mlp',
    size: { width: 256, layers: 2, components: 5, order: 1 },
  })
  const scale = { sigmaData: 1, largestDistance: 10 }
  const facts = { family, dimension: columns, rows: 5000, heldOutRows: 0, scale, seed: 0 }
  const config = { ...defaultTraining(facts), batchSize }
  const learning = learningOf({ model, config })
  const program = await TrainingProgram.compile({
    learning,
    optimiser: adamw,
    optimiserOptions: adamw.defaults,
  })
  program.setState(startState(learning, config).groups)
  const stream = new RandomStream({ seed: 1, name: 'rows' })
  const data = stream.normal({ first: 0, count: steps * batchSize, width: columns })
  const coefficients = new Coefficients(config, learning.players).following(0, steps)
  const run = (): Promise<unknown> => program.run({ data, coefficients }, steps)
  await run()
  const found: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    let calls = 0
    do {
      await run()
      calls++
    } while (performance.now() - started < 1000 * seconds)
    found.push((performance.now() - started) / calls / steps)
  }
  await program.dispose()
  const ours = median(found)
  return {
    name: 'masked network with mixtures, d = 12, whole training step',
    unit: 'ms',
    ours,
    peers: {},
    ratio: null,
    target: { atMost: torchMilliseconds / 1.2 },
    met: ours <= torchMilliseconds / 1.2,
    note: `PyTorch 1.13 took ${torchMilliseconds} ms on two other, quiet cores: ${(torchMilliseconds / ours).toFixed(2)} ×`,
  }
}

async function eightGaussians(family: string): Promise<BenchResult> {
  const toy = toyByName('eight-gaussians')
  const most = AbortSignal.timeout(120_000)
  const started = performance.now()
  const model = await fit(toy, { family, steps: 2000, signal: most })
  const seconds = (performance.now() - started) / 1000
  const x = toy.sample({ seed: 78, first: 0, count: 4000 })
  const { logDensity } = await model.logDensity(x)
  const truth = toy.logDensity(x)
  const ours = truth.reduce((sum, value, i) => sum + (value - logDensity[i]!) / truth.length, 0)
  await model.dispose()
  return {
    name: `eight Gaussians by ${family}: mean log-density below the truth`,
    unit: 'nats',
    ours,
    peers: {},
    ratio: null,
    target: { atMost: 0.05 },
    met: ours <= 0.05,
    note: `4000 fresh draws, after ${seconds.toFixed(0)} s of training`,
  }
}
