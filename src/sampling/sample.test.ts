import { describe, expect, it } from 'vitest'
import * as f from '../engine/index.ts'
import { asDenoiser, type DenoiserModel, type FittedDenoiser, preconditioned } from '../family/index.ts'
import { residualMlp, startValues } from '../nn/index.ts'
import { karras } from './grids/karras.ts'
import { logSnr } from './grids/log-snr.ts'
import { type SampleEvent, type SampleOptions, sample, sampleAll, sampleWith } from './sample.ts'
import { SamplerProgram } from './sampler-program.ts'
import { samplers } from './samplers/index.ts'
import { startOf } from './start.ts'
import { covarianceOf, type ExactComponent, exactDenoiser, rotation } from './testing/exact.ts'

/** A small network with weights that do something, trained for nothing. */
function randomNetwork(conditions?: f.Named<f.Shape>): FittedDenoiser {
  const shape = { event: [3] }
  const size = { width: 48, blocks: 2, embedding: 16 }
  const model = preconditioned({ network: residualMlp, shape, conditions, size, sigmaData: 1 })
  const values: Record<string, Float32Array> = startValues(model.parameters, 1)
  values['out.weight'] = Float32Array.from(values['out.weight']!, (_, i) => 0.3 * Math.sin(7 * i))
  return { model: asDenoiser(model), values }
}

const levels = karras.levels({ steps: 6, sigmaMin: 0.02, sigmaMax: 20 })
const network: SampleOptions = { fitted: randomNetwork(), levels, seed: 3, count: 70 }

describe.each(samplers.map((sampler) => ({ name: sampler.name, sampler })))(
  'sample by $name',
  ({ sampler }) => {
    it('gives row i the same bytes whatever is asked for with it, and in batches of any size', async () => {
      const all = await sampleAll({ ...network, sampler, batchSize: 32 })
      expect(new Set(all).size).toBe(210)
      for (const [first, count] of [
        [0, 1],
        [31, 2],
        [5, 40],
        [69, 1],
        [64, 6],
      ] as const) {
        const part = await sampleAll({ ...network, sampler, batchSize: 32, first, count })
        expect(part).toEqual(all.subarray(3 * first, 3 * (first + count)))
      }
      for (const batchSize of [1, 48, 128, undefined]) {
        const { count, ...rest } = network
        const again = await sampleAll({ ...rest, sampler, count, ...(batchSize && { batchSize }) })
        expect(again).toEqual(all)
      }
    })

    it('gives other rows to another seed', async () => {
      const [a, b] = [
        await sampleAll({ ...network, sampler }),
        await sampleAll({ ...network, sampler, seed: 4 }),
      ]
      expect(a.every((value, i) => value !== b[i])).toBe(true)
    })

    it('draws a mixture: mean and covariance within 4.5 standard errors and 2 % of discretisation', async () => {
      const components: ExactComponent[] = [
        { weight: 0.3, mean: [-1, 0.5], axes: rotation(0.3), variances: [0.5, 0.2] },
        { weight: 0.7, mean: [1, -0.4], axes: rotation(1.2), variances: [0.3, 0.6] },
      ]
      const count = 8192
      const steps = sampler.stochastic ? 250 : sampler.order === 1 ? 120 : 40
      const grid = karras.levels({ steps, sigmaMin: 0.002, sigmaMax: 80 })
      const rows = await sampleAll({
        fitted: exactDenoiser(components),
        levels: grid,
        sampler,
        seed: 7,
        count,
      })
      const average = (of: (x: number, y: number) => number): { mean: number; error: number } => {
        const values = Array.from({ length: count }, (_, i) => of(rows[2 * i]!, rows[2 * i + 1]!))
        const mean = values.reduce((sum, value) => sum + value, 0) / count
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count
        return { mean, error: Math.sqrt(variance / count) }
      }
      const exact = (of: (component: ExactComponent) => number): number =>
        components.reduce((sum, component) => sum + component.weight * of(component), 0)
      const second = (i: number, j: number) => (c: ExactComponent) =>
        covarianceOf(c)[2 * i + j]! + c.mean[i]! * c.mean[j]!
      const moments: [ReturnType<typeof average>, number][] = [
        [average((x) => x), exact((c) => c.mean[0]!)],
        [average((_, y) => y), exact((c) => c.mean[1]!)],
        [average((x) => x * x), exact(second(0, 0))],
        [average((x, y) => x * y), exact(second(0, 1))],
        [average((_, y) => y * y), exact(second(1, 1))],
      ]
      for (const [{ mean, error }, value] of moments)
        expect(Math.abs(mean - value)).toBeLessThan(4.5 * error + 0.02)
    })
  },
)

async function eventsOf(options: SampleOptions): Promise<SampleEvent[]> {
  const events: SampleEvent[] = []
  for await (const event of sample(options)) events.push(event)
  return events
}

it('tells its progress up to the end, and each row once, in order', async () => {
  const events = await eventsOf({ ...network, first: 10, batchSize: 32 })
  const progress = events.filter((event) => event.type === 'progress')
  expect(progress.at(-1)).toEqual({ type: 'progress', done: 18, total: 18 })
  progress.slice(1).forEach(({ done }, i) => {
    expect(done).toBeGreaterThan(progress[i]!.done)
  })
  const samples = events.filter((event) => event.type === 'samples')
  expect(samples.map(({ first, rows }) => [first, rows.length / 3])).toEqual([
    [10, 22],
    [32, 32],
    [64, 16],
  ])
})

it('gives no row where none is asked for', async () => {
  expect(await eventsOf({ ...network, count: 0 })).toEqual([])
})

it('stops at a level above 0 with what is there, noised to it', async () => {
  const components = [{ weight: 1, mean: [0], axes: [1], variances: [1] }]
  const rows = await sampleAll({
    fitted: exactDenoiser(components),
    levels: karras.levels({ steps: 60, sigmaMin: 3, sigmaMax: 80 }).subarray(0, 60),
    seed: 1,
    count: 8192,
  })
  const variance = rows.reduce((sum, x) => sum + x * x, 0) / rows.length
  expect(Math.abs(variance / 10 - 1)).toBeLessThan(4.5 * Math.sqrt(2 / rows.length))
})

it('starts from the prior that it is told', async () => {
  const options = { ...network, levels: [20, 19.999] }
  const [plain, wide] = [await sampleAll(options), await sampleAll({ ...options, start: { std: 40 } })]
  wide.forEach((value, i) => {
    expect(Math.abs(value - 2 * plain[i]!)).toBeLessThan(0.1)
  })
})

it('starts around the mean of the rows, so that rows off 0 come out where they are', async () => {
  const fitted = exactDenoiser([{ weight: 1, mean: [3, -1], axes: rotation(0.4), variances: [0.5, 2] }])
  const range = { sigmaMin: 0.01, sigmaMax: 6, sigmaData: 1.1 }
  const levels = logSnr.levels({ ...range, steps: 60 })
  const options = { fitted, levels, seed: 1, count: 4096 }
  const meanUnder = async (mean?: readonly number[]): Promise<number> => {
    const rows = await sampleAll({ ...options, start: startOf({ ...range, mean }) })
    return rows.reduce((sum, value, i) => sum + (i % 2 === 0 ? value : 0), 0) / options.count
  }
  const chance = Math.sqrt(2 / options.count)
  // Down the flow of a Gaussian a start that is off by m ends off by m s/√(s² + σ_max²), s its deviation along an axis.
  expect(Math.abs((await meanUnder([3, -1])) - 3)).toBeLessThan(4.5 * chance)
  expect(Math.abs((await meanUnder()) - 3)).toBeGreaterThan(8 * chance)
})

it('gives each row its own conditions', async () => {
  const fitted = randomNetwork({ place: [2, 1], label: [] })
  const place = Float32Array.from({ length: 80 }, (_, i) => Math.cos(i))
  const label = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i))
  const conditions = { place, label }
  const all = await sampleAll({ ...network, fitted, count: 40, conditions, batchSize: 16 })
  const part = await sampleAll({
    ...network,
    fitted,
    first: 13,
    count: 20,
    conditions: { place: place.subarray(26, 66), label: label.subarray(13, 33) },
    batchSize: 16,
  })
  expect(part).toEqual(all.subarray(39, 99))
  for (const changed of [{ place: place.map((c) => -c) }, { label: label.map((c) => c + 1) }]) {
    const given = { ...conditions, ...changed }
    const other = await sampleAll({ ...network, fitted, count: 40, conditions: given, batchSize: 16 })
    expect(other.every((value, i) => value !== all[i])).toBe(true)
  }
  await expect(sampleAll({ ...network, fitted })).rejects.toThrow(/condition "place" of 2 numbers a row/)
  await expect(sampleAll({ ...network, fitted, count: 40, conditions: { place } })).rejects.toThrow(
    /condition "label"/,
  )
  await expect(sampleAll({ ...network, conditions: { label } })).rejects.toThrow(/takes no condition "label"/)
})

it('goes on with other parameters', async () => {
  const fitted = randomNetwork()
  const program = await SamplerProgram.create({ fitted, sampler: samplers[0]!, batchSize: 16 })
  const rows = async (): Promise<Float32Array> => {
    for await (const event of sampleWith(program, { levels, seed: 3, count: 8 }))
      if (event.type === 'samples') return event.rows
    throw new Error('no rows')
  }
  const before = await rows()
  const values = { ...fitted.values, 'out.bias': Float32Array.of(1, 2, 3) }
  program.setParameters(values)
  const after = await rows()
  expect(after).not.toEqual(before)
  expect(after).toEqual(await sampleAll({ fitted: { ...fitted, values }, levels, seed: 3, count: 8 }))
  program.setParameters(fitted.values)
  expect(await rows()).toEqual(before)
  await program.dispose()
})

describe('what is not finite', () => {
  /** A denoiser that gives NaN for noise levels below a bound, to points above 0 only. */
  const breaksBelow = (bound: number): FittedDenoiser => {
    const model: DenoiserModel = {
      dimension: 1,
      parameters: {},
      denoise: (_, { x, sigma }) => {
        const level = f.broadcastTo(f.reshape(sigma, [x.shape[0]!, 1]), x.shape)
        const root = f.sqrt(f.sub(level, bound)) // NaN below the bound
        return f.where(f.greater(x, 0), f.mul(root, 0.001), f.mul(x, 0.5))
      },
    }
    return { model, values: {} }
  }

  it('stops the run, with the sample, the step and the noise level named', async () => {
    const run = sampleAll({ fitted: breaksBelow(3), levels: [10, 5, 2, 1, 0], seed: 3, count: 9 })
    await expect(run).rejects.toMatchObject({ code: 'sampling/not-finite', where: 'σ = 5' })
    await expect(run).rejects.toThrow(/^Sample \d+ is not finite after the step from noise level 5 to 2\.$/)
  })

  it('is seen in the last step too', async () => {
    const run = sampleAll({
      fitted: breaksBelow(3),
      levels: [10, 5, 4, 2, 0],
      seed: 3,
      count: 9,
      sampler: samplers.find(({ name }) => name === 'euler')!,
    })
    await expect(run).rejects.toThrow(/from noise level 2 to 0/)
  })

  it('does not disturb other rows', async () => {
    const options = { fitted: breaksBelow(3), levels: [10, 5, 2, 1, 0], seed: 3 }
    const fine: number[] = []
    for (let row = 0; row < 8; row++)
      await sampleAll({ ...options, first: row, count: 1 }).then(
        () => fine.push(row),
        () => undefined,
      )
    expect(fine.length).toBeGreaterThan(0)
    expect(fine.length).toBeLessThan(8)
  })
})

it('can be stopped, and throws the reason', async () => {
  const stop = new AbortController()
  const reason = new Error('enough')
  const options = { ...network, batchSize: 16, signal: stop.signal }
  const kinds: string[] = []
  const run = async (): Promise<void> => {
    for await (const event of sample(options)) {
      kinds.push(event.type)
      if (event.type === 'samples') stop.abort(reason)
    }
  }
  await expect(run()).rejects.toBe(reason)
  expect(kinds.filter((kind) => kind === 'samples')).toHaveLength(1)
})
