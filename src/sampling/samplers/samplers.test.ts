import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type HostArray, input, referenceRuntime } from '../../engine/index.ts'
import { noiseProcesses } from '../../noise/index.ts'
import { logSnr } from '../grids/log-snr.ts'
import { evaluationsOf, SamplerProgram, stepPlaces, stepSpec } from '../sampler-program.ts'
import { type ExactComponent, exactDenoiser, rotation } from '../testing/exact.ts'
import { ancestral } from './ancestral.ts'
import { ddim } from './ddim.ts'
import { dpmSolver2m } from './dpm-solver-2m.ts'
import { edmStochastic } from './edm-stochastic.ts'
import { euler } from './euler.ts'
import { heun } from './heun.ts'
import { samplerByName, samplers } from './index.ts'
import type { Sampler } from './sampler.ts'

const gaussian: ExactComponent = { weight: 1, mean: [0.5, -1], axes: rotation(0.6), variances: [2, 0.2] }
const mixture: ExactComponent[] = [
  { weight: 0.3, mean: [-1, 0.5], axes: rotation(0.3), variances: [0.5, 0.2] },
  { weight: 0.7, mean: [1, -0.4], axes: rotation(1.2), variances: [0.3, 0.6] },
]
/** From the middle of what happens: D changes fastest about σ = 1, so an error of the first steps counts, too. */
const [sigmaMax, sigmaMin] = [1, 0.1]

/** N steps from σ_max to σ_min, without the last one to 0. */
const levelsFor = (steps: number): Float64Array =>
  logSnr.levels({ sigmaMin, sigmaMax, steps: steps + 1 }).subarray(0, steps + 1)

/** Walks rows through levels in float64. */
async function walk(options: {
  readonly components: readonly ExactComponent[]
  readonly sampler: Sampler
  readonly levels: Float64Array
  readonly x: Float64Array
  readonly noise?: HostArray
}): Promise<Float64Array> {
  const fitted = exactDenoiser(options.components)
  const program = await SamplerProgram.create({
    fitted,
    sampler: options.sampler,
    batchSize: options.x.length / fitted.model.dimension,
    runtime: referenceRuntime,
  })
  program.begin({ x: options.x })
  await program.walk(stepPlaces(options.levels), options.noise)
  return Float64Array.from(await program.points())
}

/** 16 points of width 2 at σ_max. */
const start = Float64Array.from(
  new RandomStream({ seed: 5, name: 'samplers test' }).normal({ first: 0, count: 16, width: 2 }),
  (z) => sigmaMax * z,
)

/** Where the flow of a Gaussian takes x: μ + U √((λ + σ_min²)/(λ + σ_max²)) Uᵀ (x − μ). */
function exactFlow({ mean, axes, variances }: ExactComponent, x: Float64Array): Float64Array {
  const result = new Float64Array(x.length)
  for (let row = 0; row < x.length; row += 2)
    for (let k = 0; k < 2; k++) {
      const y = (x[row]! - mean[0]!) * axes[k]! + (x[row + 1]! - mean[1]!) * axes[2 + k]!
      const factor = Math.sqrt((variances[k]! + sigmaMin ** 2) / (variances[k]! + sigmaMax ** 2))
      for (let i = 0; i < 2; i++) result[row + i]! += axes[2 * i + k]! * factor * y
    }
  return result.map((value, i) => value + mean[i % 2]!)
}

const distance = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length)

/** log₂ of how much the error shrinks when the steps are halved. */
const slopes = (errors: readonly number[]): number[] =>
  errors.slice(1).map((error, i) => Math.log2(errors[i]! / error))

describe.each(samplers.map((sampler) => ({ name: sampler.name, sampler })))('$name', ({ sampler }) => {
  it('is found by its name, and says what it is and where it comes from', () => {
    expect(samplerByName(sampler.name)).toBe(sampler)
    expect(sampler.summary).not.toBe('')
    expect(sampler.source).toMatch(/\d{4}/)
  })

  it('evaluates the network as often as it declares', () => {
    const { model } = exactDenoiser([gaussian])
    let calls = 0
    const counted: typeof model = {
      ...model,
      denoise: (...at) => {
        calls++
        return model.denoise(...at)
      },
    }
    const spec = stepSpec(counted, sampler, 16)
    const symbols = (types: NonNullable<typeof spec.inputs>) =>
      Object.fromEntries(Object.entries(types).map(([name, type]) => [name, input(name, type)]))
    const state = Object.entries(spec.state ?? {}).map(([group, types]) => [group, symbols(types)])
    spec.step({ state: Object.fromEntries(state), inputs: symbols(spec.inputs ?? {}), shared: {} })
    expect(calls).toBe(sampler.evaluationsPerStep)
    const levels = logSnr.levels({ sigmaMin, sigmaMax, steps: 18 })
    expect(evaluationsOf(sampler, levels)).toBe(17 * sampler.evaluationsPerStep + 1)
  })

  it('takes each of its options to both ends, and says what is no option', () => {
    const place = { sigma: 2, next: 1, before: [], intervals: 50 }
    for (const [name, { default: usual, from, to, summary }] of Object.entries(sampler.settings)) {
      expect(summary).not.toBe('')
      const [own, low, high] = [usual, from, to].map((value) =>
        sampler.withOptions({ [name]: value }).coefficients(place),
      )
      expect(own).toEqual(sampler.coefficients(place))
      for (const coefficients of [low, high])
        for (const c of Object.values(coefficients!)) expect(Number.isFinite(c)).toBe(true)
      expect([low, high]).not.toEqual([own, own])
      for (const wrong of [from - 1, to + 1, Number.NaN])
        expect(() => sampler.withOptions({ [name]: wrong })).toThrow(`"${name}" of the sampler`)
    }
    expect(() => sampler.withOptions({ speed: 1 })).toThrow('has no option "speed"')
  })

  it('declares its noise', () => {
    expect('noise' in (stepSpec(exactDenoiser([gaussian]).model, sampler, 16).inputs ?? {})).toBe(
      sampler.stochastic,
    )
  })
})

describe.each(
  samplers.filter(({ stochastic }) => !stochastic).map((sampler) => ({ name: sampler.name, sampler })),
)('$name, deterministic', ({ sampler }) => {
  it('converges on a Gaussian to the exact flow, with the declared order', async () => {
    const exact = exactFlow(gaussian, start)
    const errors = []
    for (const steps of [32, 64, 128, 256]) {
      const levels = levelsFor(steps)
      errors.push(distance(await walk({ components: [gaussian], sampler, levels, x: start }), exact))
    }
    expect(Math.abs(slopes(errors).at(-1)! - sampler.order)).toBeLessThan(0.1)
  })

  it('converges on a mixture with the declared order, on an uneven grid', async () => {
    const results: Float64Array[] = []
    for (const steps of [64, 128, 256, 512]) {
      const levels = levelsFor(steps).map((sigma, i) => {
        const u = i / steps
        return sigma * (sigmaMin / sigmaMax) ** (0.5 * u * (1 - u))
      })
      results.push(await walk({ components: mixture, sampler, levels, x: start }))
    }
    const changes = results.slice(1).map((result, i) => distance(result, results[i]!))
    expect(Math.abs(slopes(changes).at(-1)! - sampler.order)).toBeLessThan(0.15)
  })
})

describe.each(
  [...samplers, edmStochastic.withOptions({ churn: 10 }), ancestral.withOptions({ eta: 0.5 })]
    .filter(({ stochastic }) => stochastic)
    .map((sampler) => ({ name: sampler.name, sampler })),
)('$name, stochastic', ({ sampler }) => {
  /**
   * The exact variance after N steps from N(0, λ + σ_max²): on a Gaussian all is linear, so rows that carry a
   * single unit of start or noise each give the weights that these have in the end. No random number is
   * drawn.
   */
  async function varianceAfter(steps: number, variance: number): Promise<number> {
    const rows = Math.ceil((steps + 1) / 16) * 16
    const x = new Float64Array(rows)
    x[0] = 1
    const noise = new Float64Array(steps * rows)
    for (let step = 0; step < steps; step++) noise[step * rows + step + 1] = 1
    const components = [{ weight: 1, mean: [0], axes: [1], variances: [variance] }]
    const end = await walk({ components, sampler, levels: levelsFor(steps), x, noise })
    return end.reduce((sum, weight, i) => sum + weight ** 2 * (i === 0 ? variance + sigmaMax ** 2 : 1), 0)
  }

  it('brings the variance of a Gaussian right, with the declared weak order', async () => {
    const exact = 0.5 + sigmaMin ** 2
    const errors = []
    for (const steps of [128, 256, 512]) errors.push(Math.abs((await varianceAfter(steps, 0.5)) - exact))
    expect(Math.abs(slopes(errors).at(-1)! - sampler.order)).toBeLessThan(0.15)
    expect(errors.at(-1)! / exact).toBeLessThan(0.02)
  })
})

describe.each(noiseProcesses.map((process) => ({ name: process.name, process })))(
  'Euler in x̄ for $name',
  ({ process }) => {
    it('is DDIM in x: x_s = α_s D + (std_s/std_t)(x_t − α_t D)', async () => {
      const times = [0.7, 0.5, 0.2].map((u) => process.timeOfSigma(process.sigma(process.trainRange[1]) * u))
      const levels = Float64Array.from(times, (t) => process.sigma(t))
      const bar = await walk({ components: mixture, sampler: euler, levels, x: start })
      const { alpha, std } = process
      let x = start.map((value) => alpha(times[0]!) * value)
      for (const [i, t] of times.slice(0, -1).entries()) {
        const s = times[i + 1]!
        const denoised = await denoise(
          x.map((value) => value / alpha(t)),
          process.sigma(t),
        )
        x = x.map((value, k) => {
          const d = denoised[k]!
          return alpha(s) * d + (std(s) / std(t)) * (value - alpha(t) * d)
        })
      }
      const scale = sigmaMax * levels[0]!
      expect(
        distance(
          x.map((value) => value / alpha(times.at(-1)!)),
          bar,
        ),
      ).toBeLessThan(1e-14 * scale)
    })
  },
)

async function denoise(x: Float64Array, sigma: number): Promise<HostArray> {
  const program = await SamplerProgram.create({
    fitted: exactDenoiser(mixture),
    sampler: euler,
    batchSize: 16,
    runtime: referenceRuntime,
  })
  return program.finish({ x }, sigma)
}

it('takes Heun and DPM-Solver++ much closer than Euler for the same work', async () => {
  const exact = exactFlow(gaussian, start)
  const error = async (sampler: Sampler): Promise<number> => {
    const levels = levelsFor(48 / sampler.evaluationsPerStep)
    return distance(await walk({ components: [gaussian], sampler, levels, x: start }), exact)
  }
  const [first, second, third] = [await error(euler), await error(heun), await error(dpmSolver2m)]
  expect(first).toBeGreaterThan(4 * second)
  expect(first).toBeGreaterThan(4 * third)
})

describe.each(noiseProcesses.map((process) => ({ name: process.name, process })))(
  'ancestral in x̄ for $name',
  ({ process }) => {
    it('draws from q(x_s | x_t, x₀ = D), by Bayes’ rule in x', () => {
      const [t, s] = [0.7, 0.4].map((u) => process.timeOfSigma(process.sigma(process.trainRange[1]) * u))
      const { alpha, std } = process
      const a = alpha(t!) / alpha(s!)
      const added = std(t!) ** 2 - a ** 2 * std(s!) ** 2 // x_t = a x_s + √added ε
      const variance = 1 / (a ** 2 / added + 1 / std(s!) ** 2)
      // The mean of x_s is k x_t + …: the part of x_t, and the deviation, both in x̄ = x/α.
      const k = ((variance * a) / added) * (alpha(t!) / alpha(s!))
      const place = { sigma: process.sigma(t!), next: process.sigma(s!), before: [], intervals: 9 }
      const { keep, spread } = ancestral.coefficients(place)
      expect(keep! / k).toBeCloseTo(1, 9)
      expect(spread! / (Math.sqrt(variance) / alpha(s!))).toBeCloseTo(1, 9)
    })
  },
)

it('ancestral with η = 0 is Euler, and so is DDIM', async () => {
  expect(ddim.coefficients({ sigma: 2, next: 1, before: [], intervals: 1 })).toEqual(
    ancestral.withOptions({ eta: 0 }).coefficients({ sigma: 2, next: 1, before: [], intervals: 1 }),
  )
  const levels = levelsFor(8)
  const noise = new Float64Array(8 * start.length).fill(1)
  const [a, b] = [
    await walk({ components: mixture, sampler: ancestral.withOptions({ eta: 0 }), levels, x: start, noise }),
    await walk({ components: mixture, sampler: euler, levels, x: start }),
  ]
  expect(distance(a, b)).toBeLessThan(1e-15)
})
