import { freshSource, type Source } from '../src/data/index.ts'
import { type ExactDensity, gaussianMixture } from '../src/density/index.ts'
import type { RowModel } from '../src/run/index.ts'
import { fit } from '../src/run/library/fit.ts'
import {
  type GradientSamples,
  gradientBias,
  gradientNoise,
  gradientSamples,
  learningOf,
} from '../src/training/index.ts'
import type { Bench, BenchResult } from './harness.ts'

const dimensions = [2, 8, 32]
const batchSize = 256
const batches = 200
/** Steps before the gradients are taken: few, so that their mean is far from 0. */
const steps = 100

interface Asked {
  readonly objective: string
  readonly options?: Readonly<Record<string, number>>
}

/** Of a model of one noise level; the first is what the others are held against. */
const ofOneLevel: readonly Asked[] = [
  { objective: 'implicit-score-matching' },
  { objective: 'sliced-score-matching' },
  { objective: 'sliced-variance-reduced' },
  { objective: 'finite-difference-score-matching' },
  { objective: 'denoising-one-level', options: { sigma: 0.1 } },
  { objective: 'denoising-one-level', options: { sigma: 0.3 } },
]
const ofEachLevel: readonly Asked[] = [{ objective: 'denoising' }, { objective: 'annealed-sliced' }]

/** How noisy a batch's gradient is by each objective, on the same rows, network and weights. */
export const gradientNoiseBench: Bench = {
  name: 'gradient-noise',
  summary: `variance of a batch's gradient over its squared mean, by objective: mixtures, batch ${batchSize}, d = ${dimensions.join(', ')}`,
  async *run() {
    for (const d of dimensions) {
      yield* compared(d, { family: 'score-network', asked: ofOneLevel })
      yield* compared(d, { family: 'denoiser', asked: ofEachLevel })
    }
  },
}

async function* compared(
  d: number,
  { family, asked }: { readonly family: string; readonly asked: readonly Asked[] },
): AsyncGenerator<BenchResult> {
  const density = mixtureOf(d)
  const model = await fit(density, {
    ...{ family, objective: asked[0]!.objective, steps, batchSize, seed: 1 },
    size: { width: 64, blocks: 2 },
  })
  let first: GradientSamples | undefined
  for (const one of asked) {
    const samples = await gradients(model, density, one)
    first ??= samples
    const { relative, noiseScale } = gradientNoise(samples)
    const bias = gradientBias({ of: samples, against: first })
    const milliseconds = 1000 * samples.secondsPerBatch
    const settings = Object.entries(one.options ?? {}).map(([name, value]) => ` ${name} ${value}`)
    yield {
      name: `d = ${d}, ${family}: ${one.objective}${settings.join('')}`,
      unit: 'tr Cov g/‖E g‖²',
      ours: relative.value,
      ...{ peers: {}, ratio: null, target: null, met: null },
      note: [
        `± ${shown(relative.standardError)} standard error`,
        `noise scale ${shown(noiseScale.value)} rows`,
        samples === first
          ? 'the others are held against it'
          : `squared bias ${shown(bias.squaredBias.value / bias.squaredMean.value)} ± ${shown(bias.squaredBias.standardError / bias.squaredMean.value)} of ‖E g‖²`,
        `${shown(milliseconds)} ms a batch, so that a millisecond's worth has ${shown(relative.value * milliseconds)}`,
      ].join('; '),
    }
  }
  await model.dispose()
}

/** Of each objective at the weights where training stopped, on the same rows. */
function gradients(
  model: RowModel,
  density: ExactDensity,
  { objective, options = {} }: Asked,
): Promise<GradientSamples> {
  const { fitted, config } = model
  const learning = learningOf({
    model: fitted.model,
    config: { ...config.training, objective, objectiveOptions: options, batchSize },
  })
  return gradientSamples({ learning, source: rowsOf(density), values: fitted.values, batches, seed: 2 })
}

function rowsOf(density: ExactDensity): Source {
  return freshSource({
    event: [density.dimension],
    sample: (range) => density.sample({ seed: 3, ...range }),
  })
}

/** Three Gaussians with correlations of neighbours, overlapping: far from normal in the first coordinates only. */
function mixtureOf(d: number): ExactDensity {
  const covariance = (variance: number): number[] =>
    Array.from({ length: d * d }, (_, i) => variance * 0.5 ** Math.abs(Math.floor(i / d) - (i % d)))
  const mean = (x: number, y: number): number[] =>
    Array.from({ length: d }, (_, k) => (k === 0 ? x : k === 1 ? y : 0))
  return gaussianMixture({
    means: [mean(0, 1), mean(1.5, -0.5), mean(-1.2, -0.6)],
    covariances: [covariance(0.4), covariance(0.7), covariance(0.5)],
    weights: [0.5, 0.3, 0.2],
  })
}

const shown = (value: number): string => String(Number(value.toPrecision(3)))
