import { describe, expect, it } from 'vitest'
import { gaussian, gaussianMixture } from '../../density/index.ts'
import { referenceRuntime } from '../../engine/index.ts'
import { asDenoiser, preconditioned } from '../../family/index.ts'
import { residualMlp, startValues } from '../../nn/index.ts'
import { covarianceOf, type ExactComponent, exactDenoiser, reflection, rotation } from '../testing/exact.ts'
import { type LogDensityOptions, logDensity } from './log-density.ts'
import { type DataMoments, gaussianPrior, isotropicMoments } from './prior.ts'

const correlated: ExactComponent = {
  weight: 1,
  mean: [0, 0, 0],
  axes: reflection([1, 2, -1.5]),
  variances: [2, 0.3, 0.7],
}
/** Its mean is 0, so that at σ_max it is as near to the prior as can be. */
const mixture: ExactComponent[] = [
  { weight: 0.4, mean: [-1.5, 0.6], axes: rotation(0.3), variances: [0.5, 0.2] },
  { weight: 0.6, mean: [1, -0.4], axes: rotation(1.2), variances: [0.3, 0.6] },
]
const sigmaMin = 0.1

/** The exact log-densities of the mixture noised to σ_min, at some of its own samples. */
function oracle(
  components: readonly ExactComponent[],
  count: number,
): { x: Float64Array; exact: Float64Array } {
  const density = gaussianMixture({
    means: components.map(({ mean }) => mean),
    covariances: components.map(covarianceOf),
    weights: components.map(({ weight }) => weight),
  }).noised!({ alpha: 1, std: sigmaMin })
  const x = density.sample({ seed: 9, count })
  return { x, exact: density.logDensity(x) }
}

function largestError(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
}

describe.each([
  { name: 'a Gaussian of full covariance', components: [correlated] },
  { name: 'a mixture', components: mixture },
])('the log-density of $name', ({ components }) => {
  const { x, exact } = oracle(components, 20)
  const options: LogDensityOptions = {
    fitted: exactDenoiser(components),
    x,
    sigmaMin,
    sigmaMax: 2000,
    runtime: referenceRuntime,
  }

  it('is exact to 1e-5 with steps of its own', async () => {
    const method = { kind: 'adaptive', tolerance: 1e-8 } as const
    const result = await logDensity({ ...options, method })
    expect(largestError(result.logDensity, exact)).toBeLessThan(1e-5)
    expect(result.standardError).toEqual(new Float64Array(20))
    expect(result.trace).toBe('exact')
  })

  it('is exact to 1e-5 on a fixed grid, with order 4', async () => {
    const error = async (steps: number): Promise<number> => {
      const { logDensity: values, evaluations } = await logDensity({
        ...options,
        method: { kind: 'fixed', steps },
      })
      expect(new Set(evaluations)).toEqual(new Set([4 * steps]))
      return largestError(values, exact)
    }
    const [coarse, fine, finest] = [await error(20), await error(40), await error(160)]
    expect(Math.log2(coarse / fine)).toBeGreaterThan(3.4)
    expect(finest).toBeLessThan(1e-5)
  })

  it('is within 2e-3 in float32 with the usual tolerance', async () => {
    const { runtime: _, ...usual } = options
    const { logDensity: values } = await logDensity(usual)
    expect(largestError(values, exact)).toBeLessThan(2e-3)
  })
})

it('is better the smaller the tolerance', async () => {
  const { x, exact } = oracle(mixture, 20)
  const fitted = exactDenoiser(mixture)
  const error = async (tolerance: number): Promise<number> => {
    const method = { kind: 'adaptive', tolerance } as const
    const options = { fitted, x, sigmaMin, sigmaMax: 2000, runtime: referenceRuntime }
    return largestError((await logDensity({ ...options, method })).logDensity, exact)
  }
  // Above 1e-4 it is the longest step that counts.
  const [rough, middle, fine] = [await error(1e-4), await error(1e-6), await error(1e-8)]
  expect(rough).toBeGreaterThan(10 * middle)
  expect(middle).toBeGreaterThan(10 * fine)
})

describe('the prior', () => {
  const distance = 12
  /** Off its centre, as codes of a table never are, and rows of numbers as they come often. */
  const apart = mixture.map((component) => ({
    ...component,
    mean: component.mean.map((value) => value + distance),
  }))
  const density = gaussianMixture({
    means: apart.map(({ mean }) => mean),
    covariances: apart.map(covarianceOf),
    weights: apart.map(({ weight }) => weight),
  })
  const { x, exact } = oracle(apart, 20)
  const options = { fitted: exactDenoiser(apart), x, sigmaMin, sigmaMax: 60, runtime: referenceRuntime }
  const method = { kind: 'adaptive', tolerance: 1e-6 } as const
  const errorUnder = async (moments: DataMoments): Promise<number> =>
    largestError((await logDensity({ ...options, moments, method })).logDensity, exact)

  it('of the data’s moments leaves 2e-4 nats at σ_max = 60, where the isotropic one leaves 0.02 and more', async () => {
    const [xx, xy, , yy] = density.covariance!()
    const moments = { mean: Array.from(density.mean!()), covariance: [xx!, xy!, yy!] }
    expect(await errorUnder(moments)).toBeLessThan(2e-4)
    expect(await errorUnder({ ...moments, covariance: [xx!, yy!] })).toBeLessThan(2e-3)
    expect(await errorUnder(isotropicMoments(2, (xx! + yy!) / 2))).toBeGreaterThan(0.02)
  })

  it('is the density of its name', () => {
    const given = { mean: [1, -2], covariance: [3, 1, 2] }
    const full = gaussian({ mean: [1, -2], covariance: [3 + 4, 1, 1, 2 + 4] }).logDensity(x)
    expect(largestError(gaussianPrior(given, 2).logDensity(x), full)).toBeLessThan(1e-12)
    const apart = gaussian({ mean: [1, -2], covariance: [3 + 4, 0, 0, 2 + 4] }).logDensity(x)
    const own = gaussianPrior({ ...given, covariance: [3, 2] }, 2).logDensity(x)
    expect(largestError(own, apart)).toBeLessThan(1e-12)
  })
})

describe('even steps', () => {
  const density = gaussianMixture({
    means: mixture.map(({ mean }) => mean),
    covariances: mixture.map(covarianceOf),
    weights: mixture.map(({ weight }) => weight),
  })
  const [xx, xy, , yy] = density.covariance!()
  const moments = { mean: Array.from(density.mean!()), covariance: [xx!, xy!, yy!] }
  const { x, exact } = oracle(mixture, 24)
  const options = {
    ...{ fitted: exactDenoiser(mixture), x, moments, sigmaMin, sigmaMax: 2000, runtime: referenceRuntime },
  }
  const errors = async (tolerance: number): Promise<{ z: number[]; largest: number; most: number }> => {
    const found = await logDensity({ ...options, method: { kind: 'even', tolerance } })
    expect(found.solverError.every((error) => error <= tolerance)).toBe(true)
    return {
      z: Array.from(found.logDensity, (value, i) => (value - exact[i]!) / found.solverError[i]!),
      largest: largestError(found.logDensity, exact),
      most: Math.max(...found.evaluations),
    }
  }

  it('tell their error, and halve the steps of the rows where it is too large', async () => {
    const [rough, fine] = [await errors(1e-2), await errors(1e-4)]
    for (const { z } of [rough, fine]) {
      const square = z.reduce((sum, value) => sum + value ** 2, 0) / z.length
      expect(Math.sqrt(square)).toBeLessThan(2)
      expect(Math.max(...z.map(Math.abs))).toBeLessThan(6)
    }
    expect(rough.largest).toBeLessThan(0.02)
    expect(fine.largest).toBeLessThan(2e-4)
    expect(fine.most).toBeGreaterThan(rough.most)
  })

  it('follow a Gaussian of equal variances exactly, in as few steps as there may be', async () => {
    const round: ExactComponent = { weight: 1, mean: [3, -1], axes: [1, 0, 0, 1], variances: [0.5, 0.5] }
    const own = oracle([round], 10)
    const { logDensity: values, solverError } = await logDensity({
      ...{ ...options, fitted: exactDenoiser([round]), x: own.x },
      moments: { mean: round.mean, covariance: [0.5, 0, 0.5] },
    })
    expect(largestError(values, own.exact)).toBeLessThan(1e-9)
    expect(Math.max(...solverError)).toBeLessThan(1e-9)
  })

  it('spend no more on a row far out than its log-density is worth: there an error counts as a share of it', async () => {
    const far = Float64Array.of(60, -45, -80, 20)
    const found = await logDensity({ ...options, x: far, method: { kind: 'even', tolerance: 0.03 } })
    const truth = density.noised!({ alpha: 1, std: sigmaMin }).logDensity(far)
    const usual = await logDensity({ ...options, method: { kind: 'even', tolerance: 0.03 } })
    found.logDensity.forEach((value, row) => {
      expect(truth[row]!).toBeLessThan(-1000)
      expect(Math.abs(value / truth[row]! - 1)).toBeLessThan(3e-3)
      expect(found.evaluations[row]).toBeLessThanOrEqual(3 * Math.max(...usual.evaluations))
    })
  })

  it('need the moments', async () => {
    const without = { ...options, moments: undefined, method: { kind: 'even' } as const }
    await expect(logDensity(without)).rejects.toMatchObject({ code: 'sampling/moments' })
    const three = { ...options, moments: isotropicMoments(3, 1) }
    await expect(logDensity(three)).rejects.toMatchObject({ code: 'sampling/moments' })
  })
})

describe('probes', () => {
  const components: ExactComponent[] = [
    { weight: 0.5, mean: [1, 0, -1, 0.5], axes: reflection([1, 2, 3, -1]), variances: [1, 0.2, 0.5, 0.1] },
    { weight: 0.5, mean: [-1, 0, 1, -0.5], axes: reflection([2, -1, 1, 1]), variances: [0.3, 0.8, 0.2, 0.4] },
  ]
  const { x, exact } = oracle(components, 200)
  const fitted = exactDenoiser(components)
  const method = { kind: 'fixed', steps: 24 } as const
  const options: LogDensityOptions = { fitted, x, sigmaMin, sigmaMax: 500, method }
  const trace = { kind: 'probes', count: 64, seed: 1 } as const

  it('estimate the log-density within their own error bars', async () => {
    const { logDensity: values, standardError, trace: found } = await logDensity({ ...options, trace })
    expect(found).toBe('probes')
    const z = values.map((value, i) => (value - exact[i]!) / standardError[i]!)
    const moment = (power: number): number => z.reduce((sum, value) => sum + value ** power, 0) / z.length
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(z.length))
    // Student's t of 63 degrees has variance 63/61; the band is four standard errors of a mean square.
    expect(Math.abs(moment(2) - 63 / 61)).toBeLessThan(4 * Math.sqrt(2.2 / z.length))
  })

  it('narrow their bars with the root of their number', async () => {
    const mean = async (count: number): Promise<number> => {
      const { standardError } = await logDensity({ ...options, trace: { ...trace, count } })
      return standardError.reduce((sum, value) => sum + value, 0) / 200
    }
    expect((await mean(4)) / (await mean(16))).toBeGreaterThan(1.7)
  })

  it('belong to (seed, index of the row)', async () => {
    const few = { ...trace, count: 4 }
    const all = await logDensity({ ...options, trace: few })
    const tail = await logDensity({ ...options, x: x.subarray(40), first: 10, trace: few })
    expect(tail.logDensity).toEqual(all.logDensity.subarray(10))
    const other = await logDensity({ ...options, trace: { ...few, seed: 2 } })
    expect(other.logDensity.every((value, i) => value !== all.logDensity[i])).toBe(true)
  })
})

describe('a network', () => {
  const model = preconditioned({
    network: residualMlp,
    shape: { event: [3] },
    conditions: { label: [1] },
    size: { width: 48, blocks: 2, embedding: 16 },
    sigmaData: 1,
  })
  const values: Record<string, Float32Array> = startValues(model.parameters, 1)
  values['out.weight'] = Float32Array.from(values['out.weight']!, (_, i) => 0.2 * Math.sin(7 * i))
  const fitted = { model: asDenoiser(model), values }
  const x = Float32Array.from({ length: 3 * 60 }, (_, i) => 1.5 * Math.sin(3 * i))
  const condition = Float32Array.from({ length: 60 }, (_, i) => Math.cos(i))
  const usual: LogDensityOptions = {
    ...{ fitted, x, conditions: { label: condition } },
    ...{ sigmaMin: 0.05, sigmaMax: 50, batchSize: 32 },
  }

  it.each([
    { name: 'adaptive' },
    { name: 'even', moments: isotropicMoments(3, 1), method: { kind: 'even', tolerance: 0.01 } },
  ] as const)(
    'gives a row the same bytes whatever its batch mates and the batch size: $name steps',
    async (how) => {
      const { name: _, ...more } = how
      const options = { ...usual, ...more }
      const all = await logDensity(options)
      expect(new Set(all.evaluations).size).toBeGreaterThan(1) // rows have steps of their own
      const rows = (from: number, to: number): LogDensityOptions => ({
        ...options,
        x: x.subarray(3 * from, 3 * to),
        conditions: { label: condition.subarray(from, to) },
      })
      for (const [from, to] of [
        [0, 1],
        [17, 40],
        [59, 60],
      ] as const) {
        const part = await logDensity(rows(from, to))
        expect(part.logDensity).toEqual(all.logDensity.subarray(from, to))
        expect(part.evaluations).toEqual(all.evaluations.subarray(from, to))
      }
      for (const batchSize of [1, 48, 64])
        expect((await logDensity({ ...options, batchSize })).logDensity).toEqual(all.logDensity)
    },
  )

  it('integrates to one', async () => {
    const line = preconditioned({
      network: residualMlp,
      shape: { event: [1] },
      size: { width: 16, blocks: 1, embedding: 8 },
      sigmaData: 1,
    })
    const start: Record<string, Float32Array> = startValues(line.parameters, 2)
    start['out.weight'] = Float32Array.from(start['out.weight']!, (_, i) => 0.3 * Math.sin(5 * i))
    const width = 0.05
    const points = Float64Array.from({ length: 640 }, (_, i) => width * (i - 319.5))
    const { logDensity: values_ } = await logDensity({
      fitted: { model: asDenoiser(line), values: start },
      x: points,
      sigmaMin: 0.05,
      sigmaMax: 50,
    })
    const total = values_.reduce((sum, value) => sum + width * Math.exp(value), 0)
    expect(Math.abs(total - 1)).toBeLessThan(2e-4)
  })

  it('refuses what cannot be answered', async () => {
    const refused = (change: Partial<LogDensityOptions>): Promise<unknown> =>
      logDensity({ ...usual, ...change })
    await expect(refused({ x: x.subarray(1) })).rejects.toMatchObject({ code: 'sampling/points' })
    await expect(refused({ conditions: { label: condition.subarray(1) } })).rejects.toMatchObject({
      code: 'sampling/condition',
    })
    await expect(refused({ sigmaMin: 0 })).rejects.toMatchObject({ code: 'sampling/range' })
    await expect(refused({ trace: { kind: 'probes', count: 1, seed: 0 } })).rejects.toMatchObject({
      code: 'sampling/probes',
    })
    await expect(refused({ method: { kind: 'fixed', steps: 0 } })).rejects.toMatchObject({
      code: 'sampling/steps',
    })
    await expect(refused({ method: { kind: 'adaptive', tolerance: 0 } })).rejects.toMatchObject({
      code: 'sampling/tolerance',
    })
    const broken = x.slice()
    broken[31] = Number.NaN
    await expect(refused({ x: broken })).rejects.toThrow(/row 10 is not finite/)
    const reason = new Error('enough')
    await expect(refused({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('answers no points with nothing', async () => {
    const none = await logDensity({
      ...usual,
      x: new Float32Array(),
      conditions: { label: new Float32Array() },
    })
    expect(none.logDensity).toHaveLength(0)
  })
})
