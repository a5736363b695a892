import { expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { type Model, withDerived } from '../family/index.ts'
import { zeros } from '../nn/index.ts'
import { contrastiveDivergence } from './contrastive-divergence.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'
import { persistentContrastiveDivergence } from './persistent-contrastive-divergence.ts'

/** E = ½ θ₁ x² + θ₂, of one number. */
const parabola = withDerived({
  event: [1],
  levels: 'one',
  parameters: { theta: zeros([2]) },
  can: {
    energy: ({ theta }, { x }) => {
      const part = (k: number): f.Tensor =>
        f.broadcastTo(f.slice(theta!, { axis: 0, start: k, end: k + 1 }), [x.shape[0]!])
      return f.add(f.mul(f.mul(part(0), f.sum(f.square(x), { axes: [1] })), 0.5), part(1))
    },
  },
} as Model<'energy'>)

const steps = 3
const variance = 0.8
/** Every sign of the start and of each step's noise: second moments are those of normal numbers. */
const signs = Array.from({ length: 2 ** (steps + 1) }, (_, i) =>
  Array.from({ length: steps + 1 }, (_, k) => ((i >> k) & 1 ? 1 : -1)),
)
const data = signs.map((sign) => sign[0]! * Math.sqrt(variance))
const chain = signs.flatMap((sign) => sign.slice(1))
const count = signs.length

/** Variance after the steps x ← (1 − εθ/2) x + √ε z. */
function chainVariance(start: number, theta: number, epsilon: number): number {
  let v = start
  for (let k = 0; k < steps; k++) v = (1 - (epsilon * theta) / 2) ** 2 * v + epsilon
  return v
}

test.each([0.1, 0.4])(
  'of a Gaussian: the slope is ½(variance − variance of the chain), step %f',
  async (step) => {
    const objective = contrastiveDivergence
    const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1.5 }
    const told = { batchSize: count, range, settings: { steps, step } }
    const lossOf = await hostLoss(objective, factsOf(objective, parabola, told))
    const epsilon = step * 1.5 ** 2
    const slopes = async (theta: number) =>
      (await lossOf({ theta: [theta, 0] }, { data, draws: { chain } })).gradient['theta']!
    for (const theta of [0.2, 1, 2]) {
      const [slope, ofConstant] = await slopes(theta)
      expect(slope).toBeCloseTo(0.5 * (variance - chainVariance(variance, theta, epsilon)), 12)
      expect(ofConstant).toBe(0)
    }
    // The stated bias: at rest where θ(1 − εθ/4) = 1/variance, the smaller root.
    const root = (2 / epsilon) * (1 - Math.sqrt(1 - epsilon / variance))
    if (epsilon < variance) expect((await slopes(root))[0]).toBeCloseTo(0, 12)
    // Energies too low away from the data: the slope says, make θ larger.
    expect((await slopes(0.2))[0]).toBeLessThan(0)
    await lossOf.dispose()
  },
)

test('persistent chains go on from where they were, and a share of them starts anew', async () => {
  const objective = persistentContrastiveDivergence
  const [step, magnitude] = [0.1, 0.01]
  const told = {
    batchSize: count,
    moments: () => ({ mean: [0.5], cholesky: [2] }),
    settings: { steps, step, magnitude, restarts: 0.3 },
  }
  const facts = factsOf(objective, parabola, told)
  const lossOf = await hostLoss(objective, facts)
  const theta = [0.7, 0.25]
  const chains = signs.map((_, i) => 0.1 * i - 0.5)
  const restart = signs.map((_, i) => (i % 4 === 0 ? 0.29 : 0.31))
  const fresh = signs.map((_, i) => Math.cos(i))
  const found = await lossOf({ theta }, { data, state: { chains }, draws: { chain, restart, fresh } })
  let slope = 0
  signs.forEach((_, i) => {
    let x = i % 4 === 0 ? 0.5 + 2 * fresh[i]! : chains[i]!
    for (let k = 0; k < steps; k++) x += -(step / 2) * theta[0]! * x + Math.sqrt(step) * chain[i * steps + k]!
    expect(found.state['chains']![i]).toBeCloseTo(x, 12)
    const energy = (y: number): number => 0.5 * theta[0]! * y ** 2 + theta[1]!
    const [low, high] = [energy(data[i]!), energy(x)]
    expect(found.rows[i]).toBeCloseTo(low - high + magnitude * (low ** 2 + high ** 2), 12)
    const ends = data[i]! ** 2 * (1 + 2 * magnitude * low) - x ** 2 * (1 - 2 * magnitude * high)
    slope += (0.5 * ends) / count
  })
  // Through energies only: as if the ends of the chains were given.
  expect(found.gradient['theta']![0]).toBeCloseTo(slope, 12)
  await lossOf.dispose()
})

test('chains start as the Gaussian of the moments, a function of the seed', () => {
  const objective = persistentContrastiveDivergence
  const facts = factsOf(objective, parabola, {
    batchSize: 4000,
    moments: () => ({ mean: [3], cholesky: [0.5] }),
  })
  const { chains } = objective.startState!(facts, 7, {}) as { chains: Float32Array }
  expect(chains.length).toBe(4000)
  const mean = chains.reduce((sum, x) => sum + x / 4000, 0)
  const spread = Math.sqrt(chains.reduce((sum, x) => sum + (x - mean) ** 2 / 4000, 0))
  expect(Math.abs(mean - 3)).toBeLessThan(4 * (0.5 / Math.sqrt(4000)))
  expect(Math.abs(spread / 0.5 - 1)).toBeLessThan(4 / Math.sqrt(8000))
  expect(objective.startState!(facts, 7, {})).toEqual({ chains })
  expect(objective.startState!(facts, 8, {})).not.toEqual({ chains })
})

test('a persistent chain keeps the conditions that it started with, until it starts anew', async () => {
  /** E = ½ θ (x − c)². */
  const about = withDerived({
    event: [1],
    conditions: { c: [] },
    levels: 'one',
    parameters: { theta: zeros([1]) },
    can: {
      energy: ({ theta }, { x, conditions }) => {
        const rows = [x.shape[0]!]
        const square = f.square(f.sub(f.reshape(x, rows), conditions!['c']!))
        return f.mul(f.mul(f.broadcastTo(theta!, rows), square), 0.5)
      },
    },
  } as Model<'energy'>)
  const objective = persistentContrastiveDivergence
  const [step, theta] = [0.1, 0.7]
  const settings = { steps, step, magnitude: 0, restarts: 0.3 }
  const moments = () => ({ mean: [0.5], cholesky: [2] })
  const facts = factsOf(objective, about, { batchSize: count, moments, settings })
  const lossOf = await hostLoss(objective, facts)
  const fresh = signs.map((_, i) => Math.cos(i))
  const walked = (x: number, c: number, i: number): number => {
    for (let k = 0; k < steps; k++)
      x += -(step / 2) * theta * (x - c) + Math.sqrt(step) * chain[i * steps + k]!
    return x
  }
  const energy = (x: number, c: number): number => 0.5 * theta * (x - c) ** 2

  const first = signs.map((_, i) => 0.3 * i)
  const never = signs.map(() => 0.99)
  const begun = await lossOf(
    { theta: [theta] },
    {
      data,
      state: objective.startState!(facts, 1, {}),
      draws: { chain, restart: never, fresh },
      conditions: { c: first },
    },
  )
  const ends = signs.map((_, i) => walked(0.5 + 2 * fresh[i]!, first[i]!, i))
  signs.forEach((_, i) => {
    expect(begun.state['chains']![i]).toBeCloseTo(ends[i]!, 12)
    expect(begun.state['condition/c']![i]).toBe(first[i])
  })

  const second = first.map((c) => -c - 1)
  const restart = signs.map((_, i) => (i % 4 === 0 ? 0.29 : 0.31))
  const found = await lossOf(
    { theta: [theta] },
    { data, state: begun.state, draws: { chain, restart, fresh }, conditions: { c: second } },
  )
  signs.forEach((_, i) => {
    const [start, c] = i % 4 === 0 ? [0.5 + 2 * fresh[i]!, second[i]!] : [ends[i]!, first[i]!]
    const x = walked(start, c, i)
    expect(found.state['chains']![i]).toBeCloseTo(x, 12)
    expect(found.state['condition/c']![i]).toBe(c)
    expect(found.rows[i]).toBeCloseTo(energy(data[i]!, second[i]!) - energy(x, c), 12)
  })
  await lossOf.dispose()
})
