import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { PictureEncoding, type Table } from '../../data/index.ts'
import { normalCdf } from '../../density/index.ts'
import { valueAndGradient } from '../../engine/float64.test-helper.ts'
import * as f from '../../engine/index.ts'
import { type Model, perPoint } from '../../family/index.ts'
import { startValues } from '../../nn/index.ts'
import { isotropicMoments } from '../../sampling/index.ts'
import { FittedModel } from '../experiment/fitted-model.ts'
import { cellPlaces } from './cell-places.ts'
import { type DequantiserGiven, dequantisationFor, dequantisations } from './index.ts'
import { placesObjective, scoreOf } from './learn-places.ts'

const levels = 8
const encoding = new PictureEncoding({ height: 2, width: 2, channels: 1, levels })
const range = { sigmaMin: 1e-3, sigmaMax: 20, sigmaData: 0.5 }
const variational = dequantisations.find(({ name }) => name === 'variational')!
const uniform = dequantisations.find(({ name }) => name === 'uniform')!

/** Independent normal pixels, as points: half a cell wide and less. */
const means = [-0.4, -0.1, 0.1, 0.35]
const deviation = 0.3 * (2 / levels)
/** Of the density that the score at σ_min is of. */
const noisy = Math.hypot(deviation, range.sigmaMin)

function fittedOf(can: Model['can']): FittedModel {
  const model: Model = { event: encoding.event, levels: 'each', parameters: {}, can }
  return new FittedModel({ model, values: {}, range, moments: isotropicMoments(4, range.sigmaData ** 2) })
}

/** The true denoiser, D. */
function denoised(x: f.Tensor, sigma: f.Tensor): f.Tensor {
  const square = perPoint(f.square(sigma), x)
  const mean = f.broadcastTo(f.constant({ shape: [1, 1, 2, 2], data: means }), x.shape)
  const spread = f.broadcastTo(square, x.shape)
  return f.div(f.add(f.mul(spread, mean), f.mul(x, deviation ** 2)), f.add(spread, deviation ** 2))
}

const normal = fittedOf({ denoise: (_, { x, sigma }) => denoised(x, sigma!) })

/** It knows nothing near σ_min: there it is off by 0.3 σ, as a network that was not trained there, so that its score is off by 300. */
const unlearned = fittedOf({
  denoise: (_, { x, sigma }) => {
    const off = f.mul(f.cast(f.less(sigma!, 1.5 * range.sigmaMin), 'float32'), f.mul(sigma!, 0.3))
    return f.add(denoised(x, sigma!), f.broadcastTo(perPoint(off, x), x.shape))
  },
})

/** ln p of points, nats, [n]. */
function logDensityOf(x: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: x.length / 4 }, (_, row) =>
    means.reduce((sum, mean, k) => {
      const z = (x[4 * row + k]! - mean) / noisy
      return sum - 0.5 * (z * z + Math.log(2 * Math.PI * noisy ** 2))
    }, 0),
  )
}

function picturesOf(count: number, seed: number): { table: Table; rowIndices: Int32Array } {
  const z = new RandomStream({ seed, name: 'pixels' }).normal({ first: 0, count, width: 4 })
  const values = Uint8Array.from(z, (value, i) =>
    Math.max(0, Math.min(levels - 1, Math.floor(((means[i % 4]! + noisy * value + 1) * levels) / 2))),
  )
  const picture = { kind: 'picture' as const, name: 'picture', type: 'GREY8', levels }
  const shape = { height: 2, width: 2, channels: 1 as const }
  const table = { rowCount: count, source: 'made', columns: [], pictures: [{ ...picture, ...shape, values }] }
  return { table, rowIndices: Int32Array.from({ length: count }, (_, row) => row) }
}

const given = (more: Partial<DequantiserGiven> = {}): DequantiserGiven => ({
  model: { fitted: normal, encoding },
  pictures: async () => picturesOf(500, 1),
  ...more,
})

/** Places with parameters that are not those of the start. */
function shaped(event: f.Shape): {
  readonly places: ReturnType<typeof cellPlaces>
  readonly values: Record<string, Float32Array>
} {
  const places = cellPlaces({ event, levels })
  const values = startValues(places.parameters, 3)
  const last = new RandomStream({ seed: 5, name: 'last' })
  last.normal({ first: 0, count: 1, width: values['out.filter']!.length }, values['out.filter']!)
  return { places, values: { ...values, 'out.filter': values['out.filter']!.map((value) => value / 4) } }
}

describe('q of one byte', () => {
  const rows = 4096
  const { places, values } = shaped([1, 1, 1])
  const asked = async (parameters: f.Named<Float32Array>): Promise<Record<'u' | 'logDensity', number[]>> => {
    const program = await f.compile({
      name: 'places',
      shared: places.parameters,
      inputs: { w: { shape: [rows, 1, 1, 1], dtype: 'float32' } },
      step: ({ shared, inputs }) => {
        const middles = f.broadcastTo(f.constant(-0.375), [rows, 1, 1, 1])
        return { outputs: { ...places.apply(shared, { middles, w: inputs['w']! }) } }
      },
    })
    program.setShared(parameters)
    const w = Float32Array.from({ length: rows }, (_, i) => (i + 0.5) / rows)
    const { u, logDensity } = await program.run({ w })
    await program.dispose()
    return { u: Array.from(u!), logDensity: Array.from(logDensity!) }
  }

  test('is a density: it integrates to one over the cell', async () => {
    const { u, logDensity } = await asked(values)
    let integral = u[0]! * Math.exp(logDensity[0]!) + (1 - u.at(-1)!) * Math.exp(logDensity.at(-1)!)
    for (let i = 1; i < rows; i++) {
      expect(u[i]!).toBeGreaterThan(u[i - 1]!)
      integral += ((u[i]! - u[i - 1]!) * (Math.exp(logDensity[i]!) + Math.exp(logDensity[i - 1]!))) / 2
    }
    expect(integral).toBeCloseTo(1, 3)
    expect(Math.max(...logDensity) - Math.min(...logDensity)).toBeGreaterThan(0.3)
  })

  test('begins as the uniform one', async () => {
    const { u, logDensity } = await asked(startValues(places.parameters, 3))
    for (const [i, value] of u.entries()) expect(value).toBeCloseTo((i + 0.5) / rows, 5)
    for (const value of logDensity) expect(Math.abs(value)).toBeLessThan(1e-5)
  })
})

test('the gradient of what is learned is that of the bound itself, by finite differences', async () => {
  const { places, values } = shaped(encoding.event)
  const rows = 4
  const { table, rowIndices } = picturesOf(rows, 2)
  const inputs = {
    data: encoding.encode(table, { rowIndices }),
    w: new RandomStream({ seed: 7, name: 'w' }).uniform({ first: 0, count: rows, width: 4 }),
  }
  const types = f.mapNamed(inputs, () => ({ shape: [rows, 1, 2, 2], dtype: 'float32' }) as const)
  const objective = placesObjective(places, { score: scoreOf(given().model), levels })
  const learned = await valueAndGradient(
    {
      ...{ parameters: places.parameters, inputs: types },
      value: ({ parameters, inputs: { data, w } }) => {
        const asked = { values: parameters, data: data!, draws: { w: w! }, event: encoding.event }
        return f.mean(objective.losses(asked as never).losses['all']!)
      },
    },
    { parameters: values, inputs },
  )
  const bound = async (parameters: f.Named<ArrayLike<number>>): Promise<number> => {
    const program = await f.compile(
      {
        name: 'places',
        shared: places.parameters,
        inputs: types,
        step: ({ shared, inputs: { data, w } }) => ({
          outputs: { ...places.apply(shared, { middles: data!, w: w! }) },
        }),
      },
      { runtime: f.referenceRuntime },
    )
    program.setShared(parameters)
    const { u, logDensity } = await program.run(inputs)
    const x = Float64Array.from(u!, (value, i) => inputs.data[i]! + ((value - 0.5) * 2) / levels)
    const p = logDensityOf(x)
    return p.reduce((sum, value, row) => sum + (logDensity![row]! - value) / (rows * 4 * Math.LN2), 0)
  }
  const stream = new RandomStream({ seed: 9, name: 'direction' })
  const directions = f.mapNamed(values, (own) =>
    stream.child(String(own.length)).normal({ first: 0, count: 1, width: own.length }),
  )
  const h = 1e-7
  const moved = (by: number): Promise<number> =>
    bound(f.mapNamed(values, (own, name) => Float64Array.from(own, (v, i) => v + by * directions[name]![i]!)))
  const measured =
    (8 * ((await moved(h)) - (await moved(-h))) - ((await moved(2 * h)) - (await moved(-2 * h)))) / (12 * h)
  const told = Object.entries(learned.gradient).reduce(
    (sum, [name, slopes]) => sum + slopes.reduce((all, slope, i) => all + slope * directions[name]![i]!, 0),
    0,
  )
  expect(Math.abs(told)).toBeGreaterThan(0.1)
  expect(told / measured).toBeCloseTo(1, 5)
})

test('the bound lies between the probability of the bytes and the uniform bound, near the former', async () => {
  const { table, rowIndices } = picturesOf(2000, 4)
  const bytes = table.pictures![0]!.values as Uint8Array
  const bits = (nats: number): number => -nats / (4 * Math.LN2)
  const truth = rowIndices.reduce((sum, row) => {
    const edge = (k: number, more: number): number =>
      normalCdf(((2 * (bytes[4 * row + k]! + more)) / levels - 1 - means[k]!) / noisy)
    const logs = means.map((_, k) => Math.log(edge(k, 1) - edge(k, 0)))
    return sum + bits(logs.reduce((all, value) => all + value, 0)) / rowIndices.length
  }, 0)
  const boundBy = async (way: typeof uniform, steps: number): Promise<{ mean: number; error: number }> => {
    const dequantiser = await way.open(given({ steps }))
    const { x, logDensity } = await dequantiser.place(table, { rowIndices, seed: 6 })
    await dequantiser.dispose()
    x.forEach((value, i) => {
      expect(Math.floor(((value + 1) * levels) / 2 + (value < 0 ? 1e-6 : -1e-6))).toBeCloseTo(bytes[i]!, -0.4)
    })
    const p = logDensityOf(x)
    const volume = 4 * Math.log(2 / levels)
    const each = Array.from(p, (value, i) => bits(value + volume - logDensity[i]!))
    const mean = each.reduce((sum, value) => sum + value / each.length, 0)
    const squares = each.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { mean, error: Math.sqrt(squares) / each.length }
  }
  const plain = await boundBy(uniform, 0)
  const learned = await boundBy(variational, 200)
  expect(plain.mean - truth).toBeGreaterThan(0.4)
  expect(learned.mean).toBeGreaterThan(truth - 4 * learned.error)
  expect(learned.mean - truth).toBeLessThan(0.25 * (plain.mean - truth))
})

test('nothing is taken of what a network says that knows nothing near σ_min, and all of what a true one does', async () => {
  const pictures = async () => picturesOf(100, 1)
  const taken = async (fitted: FittedModel): Promise<number> => {
    const dequantiser = await variational.open(given({ model: { fitted, encoding }, pictures, steps: 60 }))
    await dequantiser.dispose()
    return dequantiser.taken!
  }
  expect(await taken(unlearned)).toBe(0)
  expect(await taken(normal)).toBe(1)
})

test('stopped and gone on with it is the same as straight, and what is whole is not learned again', async () => {
  const pictures = picturesOf(20, 8)
  const learn = async (stopAt: number, store?: DequantiserGiven['store']): Promise<Float32Array> => {
    const stop = new AbortController()
    const dequantiser = await variational.open(
      given({
        ...{ steps: 15, store, signal: stop.signal },
        onProgress: (done) => {
          if (done >= stopAt) stop.abort(new Error('enough'))
        },
      }),
    )
    const { x } = await dequantiser.place(pictures.table, { rowIndices: pictures.rowIndices, seed: 1 })
    await dequantiser.dispose()
    return x
  }
  let state: Awaited<ReturnType<ReturnType<NonNullable<DequantiserGiven['store']>>['load']>>
  const store: DequantiserGiven['store'] = () => ({
    load: async () => state,
    save: async (now) => {
      state = now
    },
  })
  await expect(learn(5, store)).rejects.toThrow('enough')
  expect(state?.step).toBe(5)
  const resumed = await learn(99, store)
  expect(state?.step).toBe(15)
  expect(resumed).toEqual(await learn(99))
  // Nothing is left to do: not even a step that would set off the stop.
  expect(await learn(0, store)).toEqual(resumed)
})

describe('what is refused', () => {
  const table = { levels: undefined } as never

  test('names that are not there, and any name for data without bytes', () => {
    expect(() => dequantisationFor('variatonal', encoding)).toThrow(
      expect.objectContaining({
        code: 'usage/unknown-name',
        message: expect.stringContaining('"variational"'),
      }),
    )
    expect(() => dequantisationFor('uniform', table)).toThrow(
      expect.objectContaining({ code: 'data/no-bytes' }),
    )
    expect(dequantisationFor(undefined, table)).toBeUndefined()
    expect(dequantisationFor(undefined, encoding)).toBe(uniform)
  })

  test('a family without a score, before a picture is read', async () => {
    const bounded = fittedOf({ bound: (_, { x }) => f.sum(x, { axes: [1, 2, 3] }) })
    const pictures = async (): Promise<never> => {
      throw new Error('read')
    }
    await expect(
      variational.open(given({ model: { fitted: bounded, encoding }, pictures })),
    ).rejects.toMatchObject({ code: 'family/cannot' })
  })
})
