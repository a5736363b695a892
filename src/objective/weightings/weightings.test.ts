import { describe, expect, test } from 'vitest'
import { gaussianMixture, gaussLegendre, normalCdf } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import type { Model } from '../../family/index.ts'
import { cosine, variancePreserving } from '../../noise/index.ts'
import { denoising } from '../denoising.ts'
import type { ObjectiveFacts } from '../objective.ts'
import { type NoiseRange, weightings } from './index.ts'

const ranges: readonly NoiseRange[] = [
  { sigmaMin: 0.002, sigmaMax: 80, sigmaData: 0.5 },
  { sigmaMin: 0.05, sigmaMax: 3, sigmaData: 1 },
  { sigmaMin: 0.01, sigmaMax: 1000, sigmaData: 2 },
]

const vp = variancePreserving()

/** What each weighting says is uniform in u, as a function of the level; σ_max is cut where a process ends. */
const uniformInU: Readonly<Record<string, (sigma: number, range: NoiseRange) => number>> = {
  edm: (sigma, { sigmaData }) => normalCdf((Math.log(sigma / sigmaData) + 1) / 1.3),
  'edm-pictures': (sigma, { sigmaData }) => normalCdf((Math.log(sigma / sigmaData) + 0.5) / 1.2),
  likelihood: (sigma) => Math.log(sigma),
  'sigma-squared': (sigma) => vp.timeOfSigma(sigma),
  'min-snr': (sigma) => cosine().timeOfSigma(sigma),
  'flow-matching': (sigma) => sigma / (1 + sigma),
  wide: (sigma, { sigmaData }) => normalCdf((Math.log(sigma / sigmaData) + 0.4) / 2),
}

/** Those that are cut at the ends of the range, and uniform in u over all levels. */
const overAll = new Set(['edm', 'edm-pictures', 'wide'])

/** λ as documented. */
const documentedWeight: Readonly<Record<string, (sigma: number, range: NoiseRange) => number>> = {
  edm: (sigma, { sigmaData }) => 1 / sigma ** 2 + 1 / sigmaData ** 2,
  'edm-pictures': (sigma, { sigmaData }) => 1 / sigma ** 2 + 1 / sigmaData ** 2,
  likelihood: (sigma, { sigmaMin, sigmaMax }) => (Math.log(sigmaMax) - Math.log(sigmaMin)) / sigma ** 2,
  'sigma-squared': (sigma) => sigma ** -2,
  'min-snr': (sigma, { sigmaData }) => (sigma > sigmaData / Math.sqrt(5) ? (sigmaData / sigma) ** 2 : 5),
  'flow-matching': (sigma) => (1 + 1 / sigma) ** 2,
  wide: (sigma, { sigmaData }) => 1 / sigma ** 2 + 1 / sigmaData ** 2,
}

describe.each(weightings.map((weighting) => [weighting.name, weighting] as const))(
  '%s',
  (name, weighting) => {
    test.each(ranges)('levels increase with u within $sigmaMin … $sigmaMax', (range) => {
      let last = range.sigmaMin
      for (const u of [1e-12, 1e-9, 1e-6, 1e-3, ...fractions(200), 1 - 1e-3, 1 - 1e-6, 1 - 1e-9]) {
        const level = weighting.level(u, range)
        expect(level).toBeGreaterThanOrEqual(last)
        expect(level).toBeLessThanOrEqual(range.sigmaMax)
        last = level
      }
      expect(weighting.level(0.9, range)).toBeGreaterThan(weighting.level(0.1, range))
    })

    test.each(ranges)('levels follow the distribution stated, $sigmaMin … $sigmaMax', (range) => {
      const value = (u: number): number => uniformInU[name]!(weighting.level(u, range), range)
      const ends = [
        range.sigmaMin,
        Math.min(range.sigmaMax, name === 'sigma-squared' ? vp.sigma(1) : Infinity),
      ]
      const [from, to] = overAll.has(name)
        ? [0, 1]
        : (ends.map((end) => uniformInU[name]!(end, range)) as [number, number])
      const clamped = ends.map((end) => uniformInU[name]!(end, range)) as [number, number]
      for (const u of fractions(100)) {
        const expected = Math.min(Math.max(from + u * (to - from), clamped[0]), clamped[1])
        expect(Math.abs(value(u) - expected)).toBeLessThan(1e-11 * Math.max(1, Math.abs(expected)))
      }
    })

    test.each(ranges)('weights are the ones documented, and positive', (range) => {
      for (const u of fractions(50)) {
        const sigma = weighting.level(u, range)
        const weight = weighting.weight(sigma, range)
        expect(weight).toBeGreaterThan(0)
        expect(Math.abs(weight / documentedWeight[name]!(sigma, range) - 1)).toBeLessThan(1e-13)
      }
    })

    describe.each([0.15, 0.5, 0.85])('at u = %f, on a mixture', (u) => {
      const range: NoiseRange = { sigmaMin: 0.05, sigmaMax: 10, sigmaData: 1.2 }
      const sigma = weighting.level(u, range)
      const weight = weighting.weight(sigma, range)

      test('the loss is the weighted Fisher divergence plus a constant, least at the true denoiser', async () => {
        const exact = await exactLoss(sigma, weight)
        const { informationLoss, fisher } = knownScore(sigma)
        const truth = await exact([0, 0, 0])
        // E‖D − x₀‖² of the true denoiser: σ² − σ⁴ E s².
        expect(truth.loss / (weight * informationLoss)).toBeCloseTo(1, 6)
        for (const slope of truth.gradient) expect(Math.abs(slope / truth.loss)).toBeLessThan(1e-8)
        for (const theta of thetas) {
          const { loss } = await exact(theta)
          expect(loss).toBeGreaterThan(truth.loss)
          const divergence = weight * sigma ** 4 * fisher(theta)
          expect(Math.abs(loss - divergence - truth.loss) / loss).toBeLessThan(1e-8)
        }
        await exact.dispose()
      })
    })
  },
)

test('the loss of a row is λ‖D(x₀ + σz) − x₀‖²/d', async () => {
  const model = modelOf(3, 2, (_, { x, sigma, conditions }) => {
    // D = x (1 + σ) + the sum of the condition: every argument tells.
    const stretched = (v: f.Tensor): f.Tensor => f.broadcastTo(f.reshape(v, [2, 1]), [2, 3])
    const sum = f.sum(conditions!['label']!, { axes: [1] })
    return f.add(f.mul(x, stretched(f.add(sigma!, 1))), stretched(sum))
  })
  const values = {
    clean: Float64Array.of(1, -2, 0.5, 3, 0, -1),
    noise: Float64Array.of(0.3, 1, -1, 2, -0.7, 0.1),
    sigma: Float64Array.of(0.5, 2),
    weight: Float64Array.of(3, 0.25),
    condition: Float64Array.of(0.1, 0.2, -1, 4),
  }
  const program = await f.compile(
    {
      name: 'loss',
      inputs: {
        clean: rows(2, 3),
        noise: rows(2, 3),
        sigma: { shape: [2], dtype: 'float32' },
        weight: { shape: [2], dtype: 'float32' },
        condition: rows(2, 2),
      },
      step: ({ inputs }) => ({
        outputs: { loss: lossOf(model, {}, inputs) },
      }),
    },
    { runtime: f.referenceRuntime },
  )
  const { loss } = await program.run(values)
  for (const row of [0, 1]) {
    let squares = 0
    for (let k = 3 * row; k < 3 * row + 3; k++) {
      const x = values.clean[k]! + values.sigma[row]! * values.noise[k]!
      const sum = values.condition[2 * row]! + values.condition[2 * row + 1]!
      squares += (x * (1 + values.sigma[row]!) + sum - values.clean[k]!) ** 2
    }
    expect(loss![row]).toBeCloseTo((values.weight[row]! * squares) / 3, 12)
  }
})

/** A mixture in one dimension, its components' means, deviations and weights. */
const components = [
  { mean: -1, std: 0.5, share: 0.3 },
  { mean: 1.2, std: 0.8, share: 0.7 },
]
const density = gaussianMixture({
  means: components.map(({ mean }) => [mean]),
  covariances: components.map(({ std }) => std ** 2),
  weights: components.map(({ share }) => share),
})

/** The denoisers compared: the true one plus θ₁ + θ₂ x + θ₃ tanh(x/√(1 + σ²)). */
const thetas = [
  [0.3, 0, 0],
  [0, -0.4, 0],
  [0, 0, 0.5],
  [-1, 0.2, 2],
  [0.01, 0.01, -0.01],
] as const

/**
 * The loss and its gradient in θ at one noise level, by quadrature over x₀ and z: every row of the batch is a node. What
 * the true denoiser says there comes in as the condition.
 */
async function exactLoss(sigma: number, weight: number) {
  const rule = normalRule(80, 7.5)
  const nodes = components.flatMap(({ mean, std, share }) =>
    rule.flatMap((a) => rule.map((b) => ({ x0: mean + std * a.at, z: b.at, mass: share * a.mass * b.mass }))),
  )
  const count = nodes.length
  const column = (of: (node: (typeof nodes)[number]) => number): Float64Array => Float64Array.from(nodes, of)
  const x = column(({ x0, z }) => x0 + sigma * z)
  const score = density.noised!({ alpha: 1, std: sigma }).score(x)
  const model = modelOf(1, 1, ({ theta }, { x, conditions }) => {
    const part = (k: number): f.Tensor =>
      f.broadcastTo(f.reshape(f.slice(theta!, { axis: 0, start: k, end: k + 1 }), [1, 1]), x.shape)
    const line = f.add(part(0), f.mul(x, part(1)))
    return f.add(
      f.add(conditions!['label']!, line),
      f.mul(f.tanh(f.mul(x, 1 / Math.hypot(1, sigma))), part(2)),
    )
  })
  const vector: f.TensorType = { shape: [count], dtype: 'float32' }
  const program = await f.compile(
    {
      name: 'exact loss',
      inputs: {
        clean: rows(count, 1),
        noise: rows(count, 1),
        condition: rows(count, 1),
        sigma: vector,
        weight: vector,
        mass: vector,
        theta: { shape: [3], dtype: 'float32' },
      },
      step: ({ inputs }) => {
        const losses = lossOf(model, { theta: inputs['theta']! }, inputs)
        const loss = f.sum(f.mul(losses, inputs['mass']!))
        return { outputs: { loss, gradient: f.grad(loss, [inputs['theta']!])[0]! } }
      },
    },
    { runtime: f.referenceRuntime },
  )
  const given = {
    clean: column(({ x0 }) => x0),
    noise: column(({ z }) => z),
    condition: x.map((value, k) => value + sigma ** 2 * score[k]!),
    sigma: new Float64Array(count).fill(sigma),
    weight: new Float64Array(count).fill(weight),
    mass: column(({ mass }) => mass),
  }
  const lossAt = async (theta: readonly number[]): Promise<{ loss: number; gradient: f.HostArray }> => {
    const { loss, gradient } = await program.run({ ...given, theta: Float64Array.from(theta) })
    return { loss: loss![0]!, gradient: gradient! }
  }
  return Object.assign(lossAt, { dispose: () => program.dispose() })
}

/** By quadrature over the noised density: E‖D − x₀‖² of the true denoiser, and E(s_θ − s)². */
function knownScore(sigma: number) {
  const noised = density.noised!({ alpha: 1, std: sigma })
  const { nodes, weights } = gaussLegendre(400)
  const half = 12 * Math.hypot(1, sigma)
  const x = nodes.map((node) => half * node)
  const mass = noised.logDensity(x).map((value, k) => Math.exp(value) * weights[k]! * half)
  const score = noised.score(x)
  const mean = (of: (k: number) => number): number =>
    mass.reduce((total, share, k) => total + share * of(k), 0)
  const error = (theta: readonly number[], at: number): number =>
    (theta[0]! + theta[1]! * at + theta[2]! * Math.tanh(at / Math.hypot(1, sigma))) / sigma ** 2
  return {
    informationLoss: sigma ** 2 - sigma ** 4 * mean((k) => score[k]! ** 2),
    fisher: (theta: readonly number[]) => mean((k) => error(theta, x[k]!) ** 2),
  }
}

/** Nodes and masses of the standard normal, cut at `reach` deviations. */
function normalRule(count: number, reach: number): { at: number; mass: number }[] {
  const { nodes, weights } = gaussLegendre(count)
  return Array.from(nodes, (node, k) => {
    const at = reach * node
    return { at, mass: (weights[k]! * reach * Math.exp(-(at ** 2) / 2)) / Math.sqrt(2 * Math.PI) }
  })
}

function rows(count: number, width: number): f.TensorType {
  return { shape: [count, width], dtype: 'float32' }
}

/** (k + ½)/n. */
function fractions(count: number): number[] {
  return Array.from({ length: count }, (_, k) => (k + 0.5) / count)
}

/** A model that denoises so. */
function modelOf(
  dimension: number,
  conditionWidth: number,
  denoise: Model<'denoise'>['can']['denoise'],
): Model<'denoise'> {
  const conditions = { label: [conditionWidth] }
  return { event: [dimension], conditions, levels: 'each', parameters: {}, can: { denoise } }
}

/** The denoising loss of each row. */
function lossOf(model: Model<'denoise'>, values: f.Named<f.Tensor>, inputs: f.Named<f.Tensor>): f.Tensor {
  const { clean, noise, sigma, weight, condition } = inputs
  const facts: Omit<ObjectiveFacts, 'moments'> = {
    event: model.event,
    batchSize: clean!.shape[0]!,
    model,
    range: ranges[0]!,
    settings: {},
  }
  const { losses } = denoising.losses({
    ...facts,
    moments: () => ({ mean: [], cholesky: [] }),
    can: model.can,
    values,
    data: clean!,
    conditions: { label: condition! },
    draws: { noise: noise! },
    level: { sigma: sigma!, weight: weight! },
    state: {},
  })
  return losses['all']!
}
