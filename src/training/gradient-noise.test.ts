import { describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { freshSource, type Source } from '../data/index.ts'
import * as f from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import { zeros } from '../nn/index.ts'
import { type GradientNoise, gradientBias, gradientNoise, gradientSamples } from './gradient-noise.ts'
import { learningOf } from './learning.ts'
import { shortRun, smallModel } from './training.test-helper.ts'

const d = 4
const theta = 1.6
const batchSize = 16
const batches = 400

/** s(x) = −θ x: of N(0, I) at θ = 1. */
const linear: Model<'score'> = {
  event: [d],
  levels: 'one',
  parameters: { theta: zeros([]) },
  can: { score: ({ theta }, { x }) => f.neg(f.mul(f.broadcastTo(theta!, x.shape), x)) },
}

const stream = new RandomStream({ seed: 5, name: 'rows' })
/** Standard normal rows without end. */
const normalRows = (width: number): Source =>
  freshSource({ event: [width], sample: (range) => stream.normal({ ...range, width }) })

const learning = (objective: string, objectiveOptions = {}) =>
  learningOf({ model: linear, config: { ...shortRun, batchSize, objective, objectiveOptions } })
const samples = (objective: string, objectiveOptions = {}) =>
  gradientSamples({
    learning: learning(objective, objectiveOptions),
    source: normalRows(d),
    values: { theta: [theta] },
    batches,
  })

/** Both within four standard errors of what they are, and the ratio as well. */
function expectMoments(found: GradientNoise, { mean, variance }: { mean: number; variance: number }): void {
  const near = (estimate: { value: number; standardError: number }, exact: number, what: string): void => {
    expect(Math.abs(estimate.value - exact) / estimate.standardError, what).toBeLessThan(4)
    expect(estimate.standardError, what).toBeLessThan(0.2 * exact)
  }
  near(found.variance, variance, 'variance')
  near(found.squaredMean, mean ** 2, 'squared mean')
  near(found.relative, variance / mean ** 2, 'relative')
  expect(found.noiseScale.value).toBe(batchSize * found.relative.value)
}

describe('the gradient of a linear score on Gaussian rows', () => {
  // Losses are in units of σ_d²/d = 1/d. An example's gradient is (θ‖x‖² − d)/d, and ‖x‖² has variance 2d.
  const mean = theta - 1
  const exact = { mean, variance: (theta ** 2 * 2 * d) / d ** 2 / batchSize }

  it('has the variance and the mean that it has, by the exact trace', async () => {
    const found = await samples('implicit-score-matching')
    expect(found.gradients.length).toBe(batches)
    expectMoments(gradientNoise(found), exact)
  })

  it('sliced has d times the variance; with the exact norm the same as by the exact trace', async () => {
    // (v·x)² has variance 2d².
    const sliced = await samples('sliced-score-matching')
    expectMoments(gradientNoise(sliced), { mean, variance: d * exact.variance })
    const reduced = await samples('sliced-variance-reduced')
    const trace = await samples('implicit-score-matching')
    for (const [k, value] of trace.gradients.entries()) expect(reduced.gradients[k]).toBeCloseTo(value, 5)
    const { squaredBias, squaredMean } = gradientBias({ of: sliced, against: trace })
    expect(Math.abs(squaredBias.value)).toBeLessThan(4 * squaredBias.standardError)
    expect(squaredMean.value).toBe(gradientNoise(trace).squaredMean.value)
  })

  it('denoising learns another density, and its bias says how far', async () => {
    // (θ‖x‖² + (θσ² − 1)‖z‖²)/d: of mean θ(1 + σ²) − 1.
    const sigma = 0.7
    const denoising = await samples('denoising-one-level', { sigma })
    const variance = (2 / d / batchSize) * (theta ** 2 + (theta * sigma ** 2 - 1) ** 2)
    expectMoments(gradientNoise(denoising), { mean: theta * (1 + sigma ** 2) - 1, variance })
    const bias = gradientBias({ of: denoising, against: await samples('implicit-score-matching') })
    const squared = (theta * sigma ** 2) ** 2
    expect(Math.abs(bias.squaredBias.value - squared)).toBeLessThan(4 * bias.squaredBias.standardError)
    expect(bias.squaredBias.standardError).toBeLessThan(0.1 * squared)
  })
})

describe('moments of a few gradients', () => {
  it('are those of their definition', () => {
    // Means 2 and 0; squares about them 2 + 2, over K − 1 = 2.
    const of = { gradients: Float32Array.of(1, 1, 2, -1, 3, 0), batches: 3, batchSize: 8, secondsPerBatch: 1 }
    const { variance, squaredMean, relative, noiseScale } = gradientNoise(of)
    expect(variance.value).toBeCloseTo(2, 12)
    expect(squaredMean.value).toBeCloseTo(4 - 2 / 3, 12)
    expect(relative.value).toBeCloseTo(0.6, 12)
    expect(noiseScale.value).toBeCloseTo(4.8, 12)
  })

  it('that cannot be told from 0 have no ratio', () => {
    const gradients = Float32Array.of(1, -1, 1, -1)
    const { squaredMean, relative } = gradientNoise({
      gradients,
      batches: 4,
      batchSize: 1,
      secondsPerBatch: 1,
    })
    expect(squaredMean.value).toBeLessThan(0)
    expect(relative).toEqual({ value: Infinity, standardError: Infinity })
  })

  it('are refused where there is no gradient of a batch alone, or no common batch', async () => {
    const { parameters } = linear
    const energy: Model<'energy' | 'score'> = {
      ...linear,
      can: { ...linear.can, energy: (_, { x }) => f.sum(x, { axes: [1] }) },
    }
    const config = { ...shortRun, objective: 'persistent-contrastive-divergence' }
    const chains = learningOf({ model: energy, config })
    const asked = gradientSamples({
      learning: chains,
      source: normalRows(d),
      values: parameters as never,
      batches: 3,
    })
    await expect(asked).rejects.toMatchObject({ code: 'training/no-single-gradient' })
    const few = { gradients: new Float32Array(4), batches: 4, batchSize: 1, secondsPerBatch: 1 }
    const more = { ...few, gradients: new Float32Array(8) }
    expect(() => gradientBias({ of: few, against: more })).toThrow('cannot be held against')
  })

  it('of noise levels come with them', async () => {
    const model = smallModel()
    const values = Object.fromEntries(
      Object.entries(model.parameters).map(([name, { shape }]) => [
        name,
        Float32Array.from({ length: f.sizeOf(shape) }, (_, i) => Math.sin(i + name.length)),
      ]),
    )
    const learning = learningOf({ model, config: shortRun })
    const found = gradientNoise(
      await gradientSamples({ learning, source: normalRows(2), values, batches: 20 }),
    )
    expect(found.relative.value).toBeGreaterThan(0)
    expect(found.relative.value).toBeLessThan(Infinity)
  })
})
