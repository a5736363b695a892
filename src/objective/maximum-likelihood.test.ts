import { expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import { zeros } from '../nn/index.ts'
import { maximumLikelihood } from './maximum-likelihood.ts'

/** Independent Gaussians of mean m and deviation eˢ, two coordinates. */
const gaussians: Model<'logDensity'> = {
  event: [2],
  levels: 'one',
  parameters: { mean: zeros([2]), logScale: zeros([2]) },
  can: {
    logDensity: ({ mean, logScale }, { x }) => {
      const along = (vector: f.Tensor): f.Tensor => f.broadcastTo(vector, x.shape)
      const z = f.mul(f.sub(x, along(mean!)), along(f.exp(f.neg(logScale!))))
      const terms = f.add(f.add(f.mul(f.square(z), 0.5), along(logScale!)), 0.5 * Math.log(2 * Math.PI))
      return f.neg(f.sum(terms, { axes: [1] }))
    },
  },
}

const rows = 50
const x = new RandomStream({ seed: 3, name: 'rows' }).normal({ first: 0, count: rows, width: 2 })
const column = (k: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => x[2 * i + k]!)
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value / rows, 0)
const means = [0, 1].map((k) => mean(column(k)))
const variances = [0, 1].map((k) => mean(column(k).map((value) => (value - means[k]!) ** 2)))

/** The mean loss and its gradient, in float64. */
async function lossAt(parameters: { mean: readonly number[]; logScale: readonly number[] }) {
  const program = await f.compile(
    {
      name: 'loss',
      shared: gaussians.parameters,
      inputs: { data: { shape: [rows, 2], dtype: 'float32' } },
      step: ({ shared, inputs }) => {
        const { losses } = maximumLikelihood.losses({
          event: gaussians.event,
          batchSize: rows,
          model: gaussians,
          range: { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 },
          moments: () => ({ mean: [0, 0], cholesky: [1, 0, 0, 1] }),
          settings: {},
          can: gaussians.can,
          values: shared,
          data: inputs['data']!,
          draws: {},
          state: {},
        })
        const loss = f.mean(losses['all']!)
        const [ofMean, ofScale] = f.grad(loss, [shared['mean']!, shared['logScale']!])
        return { outputs: { loss, gradient: f.concat([ofMean!, ofScale!], { axis: 0 }) } }
      },
    },
    { runtime: f.referenceRuntime },
  )
  program.setShared(parameters)
  const { loss, gradient } = await program.run({ data: x })
  return { loss: loss![0]!, gradient: Array.from(gradient!) }
}

test('the loss is the entropy of the best Gaussian and the divergence from it, over d', async () => {
  for (const [m, s] of [
    [means, variances.map((v) => 0.5 * Math.log(v))],
    [
      [0.3, -1],
      [0.2, -0.4],
    ],
  ] as const) {
    const entropy = variances.reduce((sum, v) => sum + 0.5 * Math.log(2 * Math.PI * Math.E * v), 0)
    const divergence = variances.reduce((sum, v, k) => {
      const ratio = v / Math.exp(2 * s[k]!)
      return sum + 0.5 * (ratio - 1 - Math.log(ratio) + (means[k]! - m[k]!) ** 2 / Math.exp(2 * s[k]!))
    }, 0)
    expect((await lossAt({ mean: m, logScale: s })).loss).toBeCloseTo((entropy + divergence) / 2, 9)
  }
})

test('it is least at the mean and deviation of the rows', async () => {
  const best = { mean: means, logScale: variances.map((v) => 0.5 * Math.log(v)) }
  for (const slope of (await lossAt(best)).gradient) expect(Math.abs(slope)).toBeLessThan(1e-9)
  // ∂/∂m = (m − mean)/s²/d;  ∂/∂ ln s = (1 − (v + (mean − m)²)/s²)/d.
  const { gradient } = await lossAt({ mean: [1, 0], logScale: [0, 0.5] })
  expect(gradient[0]).toBeCloseTo((1 - means[0]!) / 2, 9)
  expect(gradient[3]).toBeCloseTo((1 - (variances[1]! + means[1]! ** 2) / Math.E) / 2, 9)
})
