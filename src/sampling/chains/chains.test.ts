import { describe, expect, it } from 'vitest'
import * as f from '../../engine/index.ts'
import { type Model, withDerived } from '../../family/index.ts'
import { drawAll, type SamplingMethod } from '../methods/method.ts'
import { type ExactComponent, exactEnergy, rotation } from '../testing/exact.ts'
import type { ChainsEvent } from './diagnosis.ts'
import { hmc } from './hmc.ts'
import { langevin } from './langevin.ts'
import { mala } from './mala.ts'

const range = { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 }

interface Drawn {
  readonly rows: Float32Array
  readonly chains: ChainsEvent
}

async function drawn(
  method: SamplingMethod,
  model: Model,
  options: { steps: number; count: number; told?: Record<string, number>; first?: number },
): Promise<Drawn> {
  const { steps, count, told = {}, first = 0 } = options
  const sampler = await method.open({ trained: { model, values: {}, range }, steps, samplerOptions: told })
  let chains: ChainsEvent | undefined
  const rows = new Float32Array(count * sampler.dimension)
  for await (const event of sampler.draw({ seed: 1, first, count })) {
    if (event.type === 'samples') rows.set(event.rows, (event.first - first) * sampler.dimension)
    if (event.type === 'chains') chains = event
  }
  await sampler.dispose()
  return { rows, chains: chains! }
}

/** Two Gaussians that overlap: chains cross from one to the other. */
const near: ExactComponent[] = [
  { weight: 0.3, mean: [-1, 0.5], axes: rotation(0.3), variances: [0.5, 0.2] },
  { weight: 0.7, mean: [1, -0.4], axes: rotation(1.2), variances: [0.3, 0.6] },
]
/** Two that do not. */
const far: ExactComponent[] = [-2, 2].map((at) => ({
  weight: at < 0 ? 0.2 : 0.8,
  mean: [at, 0],
  axes: [1, 0, 0, 1],
  variances: [0.04, 0.04],
}))

const moments: readonly ((x: number, y: number) => number)[] = [
  (x) => x,
  (_, y) => y,
  (x) => x * x,
  (x, y) => x * y,
  (_, y) => y * y,
]

/** E[of(x, y)] of the mixture; quadratic functions by their Gaussian moments. */
function exactMoment(k: number): number {
  return near.reduce((sum, { weight, mean, axes, variances }) => {
    const covariance = (i: number, j: number): number =>
      variances.reduce((total, v, a) => total + axes[2 * i + a]! * v * axes[2 * j + a]!, 0)
    const second = (i: number, j: number): number => covariance(i, j) + mean[i]! * mean[j]!
    return sum + weight * [mean[0]!, mean[1]!, second(0, 0), second(0, 1), second(1, 1)][k]!
  }, 0)
}

describe.each([
  ['mala', mala, 160],
  ['hmc', hmc, 60],
] as const)('%s', (_, method, steps) => {
  it('draws the density itself: five moments within 4.5 standard errors', async () => {
    const count = 2048
    const { rows, chains } = await drawn(method, exactEnergy(near), { steps, count })
    for (const [k, of] of moments.entries()) {
      const values = Array.from({ length: count }, (_, i) => of(rows[2 * i]!, rows[2 * i + 1]!))
      const mean = values.reduce((a, b) => a + b) / count
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count
      expect(Math.abs(mean - exactMoment(k))).toBeLessThan(4.5 * Math.sqrt(variance / count))
    }
    expect(chains.chains).toBe(64)
    expect(chains.draws).toBe(steps / 2)
    expect(Math.abs(chains.acceptance! - method.settings['acceptance']!.default)).toBeLessThan(0.2)
  })

  it('has mixed after its usual steps on a Gaussian, and says that it has not where modes are apart', async () => {
    const one = exactEnergy([{ weight: 1, mean: [0.3, 0], axes: rotation(0.5), variances: [0.6, 0.9] }])
    const fine = await drawn(method, one, { steps: method.steps, count: 32 })
    expect(fine.chains.rHat).toBeLessThan(1.01)
    expect(fine.chains.effectiveSampleSize).toBeGreaterThan(1000)
    expect(fine.chains.warnings).toEqual([])
    const stuck = await drawn(method, exactEnergy(far), { steps: 60, count: 16 })
    expect(stuck.chains.rHat).toBeGreaterThan(1.5)
    expect(stuck.chains.warnings.join()).toMatch(
      /^R-hat is \d\.\d+, above 1\.01: the chains have not mixed\. Take more steps \(--steps \d+\)/,
    )
  })

  it('is an error where no proposal is accepted', async () => {
    const nowhere = withDerived<'energy'>({
      event: [1],
      levels: 'one',
      parameters: {},
      can: { energy: (_, { x }) => f.sum(f.log(f.mul(f.square(x), -1)), { axes: [1] }) }, // NaN everywhere
    })
    await expect(drawn(method, nowhere, { steps: 20, count: 8 })).rejects.toMatchObject({
      code: 'sampling/diverged',
      message: `The chains of "${method.name}" do not move: 0 % of their proposals are accepted.`,
      hint: expect.stringContaining('shorter steps: --sampler-option acceptance='),
    })
  })
})

describe('langevin', () => {
  const [mean, variance] = [1.5, 0.4]
  const gaussian = exactEnergy([{ weight: 1, mean: [mean], axes: [1], variances: [variance] }])

  it('has the mean and the variance of its recursion on a Gaussian, off as far as that is', async () => {
    const [steps, count] = [30, 4096]
    const told = { firstStep: 0.9, lastStep: 0.6 }
    let [m, v] = [0, 1]
    for (let k = 0; k < steps; k++) {
      const epsilon = (0.9 * (0.6 / 0.9) ** (k / (steps - 1))) ** 2
      const shrink = 1 - epsilon / 2 / variance
      ;[m, v] = [mean + shrink * (m - mean), shrink ** 2 * v + epsilon]
    }
    const { rows } = await drawn(langevin, gaussian, { steps, count, told })
    const found = rows.reduce((sum, x) => sum + x, 0) / count
    const spread = rows.reduce((sum, x) => sum + (x - found) ** 2, 0) / count
    expect(Math.abs(found - m)).toBeLessThan(4.5 * Math.sqrt(v / count))
    expect(Math.abs(spread / v - 1)).toBeLessThan(4.5 * Math.sqrt(2 / count))
    expect(v / variance - 1).toBeGreaterThan(0.2) // Unadjusted, it has another variance than the density.
  })

  it('that runs away is an error that says what to change', async () => {
    const options = { steps: 200, count: 8, told: { firstStep: 10, lastStep: 10 } }
    await expect(drawn(langevin, gaussian, options)).rejects.toMatchObject({
      code: 'sampling/diverged',
      message: expect.stringMatching(/^Chain \d of "langevin" is not finite after step \d+\.$/),
      hint: expect.stringContaining('--sampler-option firstStep=0.1'),
    })
  })

  it('tells of no acceptance, and that separated modes have not mixed', async () => {
    const { chains } = await drawn(langevin, exactEnergy(far), { steps: 200, count: 64 })
    expect(chains.acceptance).toBeUndefined()
    expect(chains.warnings.join()).toMatch(/R-hat is/)
  })
})

it('a single chain is told about, too, and one that is asked for later is the same', async () => {
  const steps = 100
  const { rows, chains } = await drawn(mala, exactEnergy(near), { steps, count: 20 })
  const one = await drawn(mala, exactEnergy(near), { steps, count: 1, first: 13 })
  expect(one.rows).toEqual(rows.subarray(26, 28))
  expect([chains.chains, one.chains.chains]).toEqual([20, 1])
  expect(one.chains.rHat).toBeGreaterThan(0.9)
})

it('drawAll takes chains as any other sampler', async () => {
  const sampler = await mala.open({
    trained: { model: exactEnergy(near), values: {}, range },
    steps: 8,
  })
  expect(await drawAll(sampler, { seed: 1, count: 3 })).toHaveLength(6)
  await sampler.dispose()
})
