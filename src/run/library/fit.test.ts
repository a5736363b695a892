import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { toyByName } from '../../density/index.ts'
import { type Family, families } from '../../family/index.ts'
import { type Network, residualMlp } from '../../nn/index.ts'
import type { GivenNumbers } from '../data/given-numbers.ts'
import { fit } from './fit.ts'
import type { FitOptions } from './fit-options.ts'
import { load } from './load.ts'
import type { RowModel } from './row-model.ts'

/** Small and short, to be done in a second. */
const quick = { steps: 60, batchSize: 64, size: { width: 16, blocks: 1 }, seed: 1 } as const

/** Rows whose columns are of very different size. */
function unlikeRows(count = 300): number[][] {
  const z = new RandomStream({ seed: 3, name: 'rows' }).normal({ first: 0, count, width: 2 })
  return Array.from({ length: count }, (_, row) => [
    1000 + 250 * z[2 * row]!,
    0.002 * (z[2 * row]! + 0.5 * z[2 * row + 1]!),
  ])
}

const code = (value: string): unknown => expect.objectContaining({ code: value })

describe('what fit is given is checked by the same schema as the command line', () => {
  test.each<{ what: string; options: unknown; says: RegExp }>([
    { what: '−1 steps', options: { steps: -1 }, says: /steps is -1; it must be a whole number, 1 or more/ },
    { what: 'an unknown option', options: { stesp: 5 }, says: /stesp is no option of fit.*steps/ },
    {
      what: 'an option of fitTable',
      options: { rules: 'keep' },
      says: /rules is no option of fit.*fitTable/,
    },
    {
      what: 'a family that there is not',
      options: { family: 'denoser' },
      says: /family is "denoser".*denoiser/,
    },
    { what: 'a size that there is not', options: { size: { widht: 3 } }, says: /size\.widht.*size\.width/ },
    { what: 'levels that are empty', options: { sigmaMin: 2, sigmaMax: 1 }, says: /sigmaMin is 2.*sigmaMax/ },
    { what: 'a seed that is none', options: { seed: 0.5 }, says: /seed is 0.5/ },
    { what: 'a signal that is none', options: { signal: 5 }, says: /signal must be an AbortSignal/ },
    { what: 'a listener that is none', options: { onEvent: 'log' }, says: /onEvent must be a function/ },
    { what: 'no options', options: 7, says: /must be an object/ },
    { what: 'the path of a module', options: { family: './mine.mjs' }, says: /import it/ },
    {
      what: 'a network without build',
      options: { network: { name: 'mine' } },
      says: /no record of a network/,
    },
  ])('$what', async ({ options, says }) => {
    await expect(fit(unlikeRows(), options as FitOptions)).rejects.toThrow(says)
    await expect(fit(unlikeRows(), options as FitOptions)).rejects.toEqual(code('config/invalid'))
  })

  test('all problems are told at once', async () => {
    const wrong = { steps: 0, batchSize: -2, colour: 'red' } as unknown as FitOptions
    await expect(fit(unlikeRows(), wrong)).rejects.toThrow(
      /3 problems[\s\S]*colour[\s\S]*steps[\s\S]*batchSize/,
    )
  })

  test.each<{ what: string; data: unknown; code: string; says: RegExp }>([
    {
      what: 'NaN',
      data: [
        [1, 2],
        [3, Number.NaN],
        [5, 6],
      ],
      code: 'data/not-finite',
      says: /Row 1 of the column x2 is NaN/,
    },
    {
      what: 'rows of several widths',
      data: [[1, 2], [3]],
      code: 'data/rows',
      says: /Row 1 has 1 numbers; it must have 2/,
    },
    {
      what: 'a word in an array',
      data: [['x', 2]],
      code: 'data/rows',
      says: /Row 0 of the column x1 is the text "x", no number/,
    },
    {
      what: 'a bigint in an array',
      data: [[1n, 2]],
      code: 'data/rows',
      says: /Row 0 of the column x1 is 1, no number/,
    },
    {
      what: 'words',
      data: [{ a: 1, b: 'x' }],
      code: 'data/rows',
      says: /Row 0 of the column b is the text "x".*\n?/,
    },
    {
      what: 'a missing cell',
      data: [{ a: 1, b: 2 }, { a: 1 }],
      code: 'data/missing-column',
      says: /Row 1 has no b/,
    },
    { what: 'no rows', data: [], code: 'data/no-rows', says: /no rows/ },
    { what: 'a number', data: 5, code: 'data/rows', says: /no rows to learn from/ },
    { what: 'nothing', data: undefined, code: 'data/rows', says: /no rows to learn from/ },
    {
      what: 'a width that does not fit',
      data: { rows: new Float32Array(7), dimension: 2 },
      code: 'data/rows',
      says: /7 numbers/,
    },
    { what: 'no width', data: { rows: new Float32Array(8) }, code: 'data/rows', says: /dimension/ },
    {
      what: 'a constant column',
      data: [
        [1, 2],
        [3, 2],
        [4, 2],
      ],
      code: 'data/constant',
      says: /x2 has the same value in every row, 2/,
    },
  ])('rows: $what', async ({ data, code: wanted, says }) => {
    await expect(fit(data as number[][], quick)).rejects.toThrow(says)
    await expect(fit(data as number[][], quick)).rejects.toEqual(code(wanted))
  })

  test('sample is told what it must be told', async () => {
    const model = await fit(toyByName('two-moons'), quick)
    const wrong = (options: unknown): Promise<unknown> => model.sample(options as { count: number })
    await expect(wrong(5)).rejects.toThrow(/sample takes an object of options; 5 is given/)
    await expect(wrong({})).rejects.toThrow(/count is missing/)
    await expect(wrong({ count: -1 })).rejects.toThrow(/count is -1; it must be a whole number/)
    await expect(wrong({ count: 1, samplerOptions: { eta: '1' } })).rejects.toThrow(/numbers by name/)
    await expect(wrong({ count: 1, samplerOptions: { eta: 1 } })).rejects.toThrow(/no option "eta"/)
    await expect(wrong({ count: 1, sampler: 'huen' })).rejects.toThrow(/sampler is "huen"/)
    await expect(wrong({ count: 1, sed: 3 })).rejects.toThrow(/sed is no option of sample.*seed/)
    for (const options of [5, {}, { count: 0.5 }])
      await expect(wrong(options)).rejects.toEqual(code('usage/options'))
    await expect(model.logDensity([1, 2, 3])).rejects.toEqual(code('data/rows'))
    await model.dispose()
  })
})

describe('columns are scaled', () => {
  test('flat rows, arrays, objects and rows that were scaled before give the same model', async () => {
    const rows = unlikeRows()
    const flat = { rows: Float64Array.from(rows.flat()), dimension: 2 }
    const objects = rows.map(([a, b]) => ({ x1: a!, x2: b! }))
    const models = await Promise.all([fit(rows, quick), fit(flat, quick), fit(objects, quick)])
    const drawn = await Promise.all(models.map((model) => model.sample({ count: 20, seed: 4 })))
    expect(drawn[1]).toEqual(drawn[0])
    expect(drawn[2]).toEqual(drawn[0])
    const named = await fit(
      [
        { mass: 1, width: 2 },
        { mass: 3, width: 5 },
      ],
      quick,
    )
    expect(named.columns).toEqual(['mass', 'width'])
    await named.dispose()
    // The same split, for it goes by content: so the rows that were learned have this mean and deviation.
    const { shift, scale } = models[0]!.vectors.scaling!
    const scaled = rows.map((row) => row.map((value, k) => (value - shift[k]!) / scale[k]!))
    const [x, flatScaled] = [rows.slice(0, 5), scaled.slice(0, 5)]
    const before = await models[0]!.fitted.logDensity(flatScaled.flat())
    const { logDensity } = await models[0]!.logDensity(x)
    const [score, scoreBefore] = [await models[0]!.score(x), await models[0]!.fitted.score(flatScaled.flat())]
    logDensity.forEach((value, row) => {
      // p(v) = p(x) / (s₁ s₂) and ∂/∂v = (1/s) ∂/∂x.
      expect(value).toBeCloseTo(before.logDensity[row]! - Math.log(scale[0]!) - Math.log(scale[1]!), 4)
    })
    score.forEach((value, i) => {
      expect(Math.abs(value * scale[i % 2]! - scoreBefore[i]!)).toBeLessThan(
        1e-3 * (1 + Math.abs(scoreBefore[i]!)),
      )
    })
    for (const model of models) await model.dispose()
  }, 60_000)

  test('samples have the sizes of the columns; without scaling they would not', async () => {
    const rows = unlikeRows(1000)
    const model = await fit(rows, { ...quick, steps: 400 })
    const drawn = await model.sample({ count: 2000, seed: 2 })
    const deviation = (k: number): number => {
      const values = Array.from({ length: 2000 }, (_, i) => drawn[2 * i + k]!)
      const mean = values.reduce((sum, value) => sum + value / 2000, 0)
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / 2000, 0))
    }
    expect(deviation(0) / 250).toBeGreaterThan(0.8)
    expect(deviation(0) / 250).toBeLessThan(1.25)
    expect(deviation(1) / 0.00224).toBeGreaterThan(0.8)
    expect(deviation(1) / 0.00224).toBeLessThan(1.25)
    await model.dispose()
  }, 60_000)

  test('draws of a density are taken as they are', async () => {
    const model = await fit(toyByName('two-moons'), quick)
    expect(model.vectors.scaling).toBeUndefined()
    await model.dispose()
  })
})

describe('points of a shape', () => {
  /** Pictures of 6 × 6: one bright line, across or down, on a dark ground that is never changed. */
  const count = 200
  const rows = new Float32Array(count * 36)
  const kind = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 'across' : 'down'))
  kind.forEach((word, i) => {
    const line = 1 + (i % 4)
    for (let k = 0; k < 5; k++)
      rows[i * 36 + (word === 'across' ? line * 6 + k : k * 6 + line)] = 200 + (i % 7)
  })
  const small = { channels: 16, levels: 1, blocks: 1 } as const

  test('are learned by a U-Net, all numbers on one scale, under conditions; saved, and opened the same', async () => {
    const model = await fit(
      { rows, shape: [1, 6, 6] },
      { steps: 60, batchSize: 32, size: small, seed: 1, conditions: { kind } },
    )
    expect(model.config.model.network).toBe('u-net')
    expect([model.shape, model.dimension]).toEqual([[1, 6, 6], 36])
    // Some pixels are 0 in every picture, which of a column would be an error.
    expect(new Set(model.vectors.scaling!.scale).size).toBe(1)
    const asked = { count: 4, seed: 5, steps: 6, conditions: { kind: 'down' } }
    const drawn = await model.sample(asked)
    expect(drawn.length).toBe(4 * 36)
    expect(drawn.every(Number.isFinite)).toBe(true)
    const again = (await load(await model.save())) as RowModel
    expect(again.shape).toEqual([1, 6, 6])
    expect(await again.sample(asked)).toEqual(drawn)
    await again.dispose()
    await model.dispose()
  }, 60_000)

  test.each<{ data: unknown; says: RegExp }>([
    { data: { rows, shape: [1, 6, 7] }, says: /7200 numbers are not rows of 42/ },
    { data: { rows, shape: [1, 0, 6] }, says: /shape is \[1,0,6\]; it must be a list of whole numbers/ },
    { data: { rows, shape: 36 }, says: /shape is 36/ },
  ])('$says', async ({ data, says }) => {
    await expect(fit(data as GivenNumbers)).rejects.toThrow(says)
    await expect(fit(data as GivenNumbers)).rejects.toEqual(code('data/rows'))
  })

  test('of another network than takes them are an error before training', async () => {
    await expect(fit(unlikeRows(), { network: 'u-net', steps: 10 })).rejects.toEqual(code('family/network'))
    await expect(
      fit({ rows, shape: [1, 6, 6] }, { family: 'nice', network: 'u-net', steps: 10 }),
    ).rejects.toEqual(code('family/network'))
  })
})

describe('records of one’s own', () => {
  const network: Network = { ...residualMlp, name: 'mine' }
  const family: Family = { ...families[0]!, name: 'my-denoiser' }
  test('a network, a family and a density as records train, and draw as those of the lists do', async () => {
    const { dimension, sample } = toyByName('two-moons')
    const usual = await fit(toyByName('two-moons'), quick)
    const own = await fit({ ...toyByName('two-moons'), dimension, sample }, { ...quick, network, family })
    expect(await own.sample({ count: 8 })).toEqual(await usual.sample({ count: 8 }))
    expect(own.family).toBe('own:my-denoiser')
    await usual.dispose()
    await own.dispose()
  })
})

describe('training goes on', () => {
  const steady = { ...quick, schedule: 'constant' } as const
  test('bit for bit as if it had not stopped, where the learning rate is constant', async () => {
    const rows = unlikeRows()
    const whole = await fit(rows, { ...steady, steps: 120 })
    const half = await fit(rows, { ...steady, steps: 60 })
    const both = await fit(rows, { resume: half, steps: 120 })
    expect(both.state.groups).toEqual(whole.state.groups)
    expect(both.step).toBe(120)
    await expect(fit(rows, { resume: whole, steps: 120 })).rejects.toEqual(code('training/fewer-steps'))
    await expect(fit(rows, { resume: half, steps: 90, batchSize: 8 })).rejects.toEqual(code('usage/resume'))
    const others = rows.map(([a, b]) => [a! + 1, b!])
    await expect(fit(others, { resume: half, steps: 90 })).rejects.toEqual(code('data/changed'))
  }, 60_000)

  test('a warm start begins at the weights of another model', async () => {
    const rows = unlikeRows()
    const before = await fit(rows, { ...steady, steps: 60 })
    const nothing = { steps: 1, learningRate: 1e-12, batchSize: 64 }
    const after = await fit(unlikeRows(200), { from: before, ...nothing })
    const asked = rows.slice(0, 4)
    // A log-density also depends on the moments of the rows, which are new.
    const [a, b] = [await before.denoise(asked, 0.5), await after.denoise(asked, 0.5)]
    a.forEach((value, i) => {
      expect(b[i]).toBeCloseTo(value, 3)
    })
    expect(after.vectors.scaling).toEqual(before.vectors.scaling)
    await expect(fit(rows, { from: before, family: 'energy' })).rejects.toEqual(code('usage/from'))
    await expect(
      fit(
        [
          [1, 2, 3],
          [2, 3, 4],
        ],
        { from: before },
      ),
    ).rejects.toEqual(code('data/rows'))
  }, 60_000)
})

describe('stopping and disposing', () => {
  const reason = new Error('enough')
  test('a training that is stopped rejects with the reason; one that shall finish gives its model', async () => {
    const stop = new AbortController()
    const onEvent: FitOptions['onEvent'] = (event) => event.type === 'step' && stop.abort(reason)
    const long = { ...quick, steps: 100_000 }
    await expect(fit(toyByName('two-moons'), { ...long, signal: stop.signal, onEvent })).rejects.toBe(reason)
    await expect(fit(toyByName('two-moons'), { ...long, signal: stop.signal })).rejects.toBe(reason)
    const finish = new AbortController()
    const model = await fit(toyByName('two-moons'), {
      ...long,
      finish: finish.signal,
      onEvent: (event) => event.type === 'step' && finish.abort(),
    })
    expect(model.step).toBeLessThan(1000)
    const { signal } = stop
    await expect(model.sample({ count: 5, signal })).rejects.toBe(reason)
    await expect(model.logDensity([0, 0], { signal })).rejects.toBe(reason)
    await expect(model.score([0, 0], { signal })).rejects.toBe(reason)
    await model.dispose()
  })

  test('a disposed model says so, whatever it is asked', async () => {
    const model = await fit(toyByName('two-moons'), quick)
    await model.dispose()
    const calls: readonly ((of: RowModel) => Promise<unknown>)[] = [
      (of) => of.sample({ count: 1 }),
      (of) => of.score([0, 0]),
      (of) => of.denoise([0, 0], 1),
      (of) => of.logDensity([0, 0]),
      (of) => of.save(),
    ]
    for (const call of calls) await expect(call(model)).rejects.toEqual(code('model/disposed'))
    // A second time is no error.
    await model.dispose()
  })
})
