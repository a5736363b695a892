import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type LoadedPictures, PictureEncoding, type Table } from '../../data/index.ts'
import { linearMap, type Operator, pictureBlur, pictureShrink, unchanged } from '../../sampling/index.ts'
import { conditionalDraws } from '../../sampling/testing/conditional.ts'
import { type ExactComponent, exactLevels, reflection } from '../../sampling/testing/exact.ts'
import { FittedModel } from '../experiment/fitted-model.ts'
import {
  boxMask,
  chooseRestoringMethod,
  damageTold,
  estimateNoise,
  maskDamage,
  noiseTold,
  observedPoints,
  type RestoreAsked,
  type RestoreOptions,
  repairs,
  restorePictures,
  restoreTable,
  restoringMethods,
  scaleOfPoints,
} from './index.ts'

/** A Gaussian of pictures of 2 × 2, and its exact denoiser. */
const component: ExactComponent = {
  ...{ weight: 1, mean: [0.1, -0.1, 0, 0.2] },
  ...{ axes: reflection([1, -2, 0.5, 1]), variances: [0.08, 0.04, 0.01, 0.002] },
}
const shape = { height: 2, width: 2, channels: 1 } as const
const encoding = new PictureEncoding({ ...shape, levels: 256 })
const fitted = new FittedModel({
  model: exactLevels([component]),
  values: {},
  range: { sigmaMin: 0.001, sigmaMax: 10, sigmaData: 0.18 },
})
const pictures = (...values: number[]): LoadedPictures => ({
  ...{ kind: 'picture', name: 'picture', type: 'GREY8', levels: 256 },
  ...shape,
  values: Uint8Array.from(values),
})
const given = pictures(120, 200, 0, 0, 90, 140, 0, 0)
const half = maskDamage({ width: 2, height: 2, missing: [0, 0, 1, 1] }, shape)
const restored = (options: Partial<RestoreOptions>): ReturnType<typeof restorePictures> =>
  restorePictures({ encoding, fitted }, given, { damage: half, steps: 12, ...options })

const moments = (values: readonly number[]): { mean: number; deviation: number } => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const square = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1)
  return { mean, deviation: Math.sqrt(square) }
}

/** The mean of all, as many times as is said. */
const mapTo = (dimension: number, width: number): Operator =>
  linearMap(Array.from({ length: width }, () => new Array<number>(dimension).fill(1 / dimension)))

describe('restorePictures', () => {
  it('draws what is missing as the exact posterior does, and gives back what is known byte by byte', async () => {
    const count = 600
    const made = await restored({
      draws: count,
      steps: 30,
      method: 'tmpd',
      methodOptions: { solverSteps: 2 },
    })
    const points = observedPoints(given, encoding)
    for (const picture of [0, 1]) {
      const observed = Array.from(points.subarray(4 * picture, 4 * picture + 2))
      const matrix = [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ]
      const exact = conditionalDraws([component], { matrix, observed, noise: 0 }, { seed: 2, count: 4000 })
      for (const place of [2, 3]) {
        const drawn = moments(
          Array.from({ length: count }, (_, k) => made.draws.values[4 * (picture * count + k) + place]!),
        )
        const own = moments(Array.from({ length: 4000 }, (_, k) => (exact[4 * k + place]! + 1) * 128 - 0.5))
        expect(Math.abs(drawn.mean - own.mean)).toBeLessThan(0.2 * own.deviation)
        expect(drawn.deviation / own.deviation).toBeGreaterThan(0.88)
        expect(drawn.deviation / own.deviation).toBeLessThan(1.12)
        expect(made.mean.values[4 * picture + place]).toBe(Math.round(drawn.mean))
        expect(made.deviation[4 * picture + place]! * 255).toBeCloseTo(drawn.deviation, 4)
      }
      expect(made.deviation[4 * picture]).toBe(0)
      for (let k = 0; k < count; k++)
        expect(made.draws.values.slice(4 * (picture * count + k), 4 * (picture * count + k) + 2)).toEqual(
          given.values.slice(4 * picture, 4 * picture + 2),
        )
    }
    expect(made).toMatchObject({ method: 'tmpd', noise: [0, 0] })
  })

  it('takes noise away by the walk from its own level; what it knows with noise may change', async () => {
    const damage = { operator: unchanged(4), size: shape }
    const made = await restored({ damage, noise: 0.1, draws: 2 })
    expect(made).toMatchObject({ method: 'from-noise-level', count: 2, noise: [0.1, 0.1] })
    expect(made.draws.values).toHaveLength(16)
    const other = await restored({ damage, noise: 0.1, draws: 2, seed: 1 })
    expect(other.draws.values).not.toEqual(made.draws.values)
    expect((await restored({ damage, noise: 0.1, draws: 2 })).draws.values).toEqual(made.draws.values)
    const inMask = await restored({ noise: 0.3 })
    expect(inMask.draws.values.slice(0, 2)).not.toEqual(given.values.slice(0, 2))
  })

  it.each([
    ['no draws', { draws: 0 }, 'usage/options'],
    ['a class of a model without any', { label: 'cat' }, 'data/unknown-category'],
    ['a method of noise alone for a mask', { method: 'from-noise-level' }, 'restore/method'],
    ['a method that there is not', { method: 'magic' }, 'usage/unknown-name'],
    ['a number that the method has not', { methodOptions: { magic: 1 } }, 'sampling/unknown-option'],
    [
      'another size',
      { damage: { operator: pictureShrink([1, 2, 2], 2), size: { width: 1, height: 1 } } },
      'data/picture-size',
    ],
    ['half a draw', { draws: 1.5 }, 'usage/options'],
    ['noise below 0', { noise: -0.1 }, 'usage/restore'],
    ['noise that four pixels do not tell', { noise: 'auto' }, 'usage/restore'],
    [
      'an operator of other pictures',
      { damage: { operator: unchanged(9), size: { width: 3, height: 3 } } },
      'data/picture-size',
    ],
    [
      'an operator whose points are not those of the model',
      { damage: { operator: mapTo(9, 4), size: shape } },
      'sampling/operator',
    ],
    [
      'an operator that gives other numbers than it says',
      { damage: { operator: mapTo(4, 3), size: shape } },
      'sampling/operator',
    ],
    [
      'a mask of fewer numbers than the pictures have',
      { damage: { ...half, known: Float32Array.of(1, 0) } },
      'sampling/operator',
    ],
  ] as const)('refuses %s', async (_, options, code) => {
    await expect(restored(options)).rejects.toMatchObject({ code })
  })

  it('stops where it is told to', async () => {
    await expect(restored({ signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
  })
})

describe('restoreTable', () => {
  const table: Table = { rowCount: 2, source: 'two pictures', columns: [], pictures: [given] }
  const of = (asked: RestoreAsked, from: Table = table): ReturnType<typeof restoreTable> =>
    restoreTable({ encoding, fitted }, from, { steps: 4, ...asked })

  it('takes what has happened as a program says it, as the command line does', async () => {
    const quick = { steps: 2, method: 'replacement' }
    const told = [
      [{ mask: { width: 2, height: 2, missing: [0, 0, 1, 1] } }, half],
      [
        { blur: 0.6, noise: 0.2 },
        { operator: pictureBlur([1, 2, 2], 0.6), size: shape },
      ],
    ] as const
    for (const [asked, damage] of told)
      expect((await of({ ...quick, ...asked })).draws).toEqual(
        (await restored({ ...quick, ...asked, damage })).draws,
      )
    const own = { operator: mapTo(4, 4), size: shape }
    expect((await of({ ...quick, damage: own })).draws.values).toHaveLength(8)
  })

  it.each([
    ['nothing that has happened', {}, table, 'usage/restore'],
    ['two kinds', { blur: 1, enlarge: 2 }, table, 'usage/restore'],
    ['an operator beside a kind', { blur: 1, damage: half }, table, 'usage/restore'],
    [
      'a mask of another size',
      { mask: { width: 3, height: 2, missing: new Uint8Array(6) } },
      table,
      'usage/restore',
    ],
    ['a mask by a file', { mask: 'mask.png' }, table, 'usage/restore'],
    ['a blur that is no number', { blur: Number.NaN }, table, 'usage/restore'],
    ['a size that does not divide', { enlarge: 3 }, table, 'sampling/operator'],
    ['a table without pictures', { blur: 1 }, { ...table, pictures: [] }, 'data/no-pictures'],
  ])('refuses %s', async (_, asked, from, code) => {
    await expect(of(asked, from)).rejects.toMatchObject({ code, message: expect.not.stringContaining('--') })
  })
})

it('every method can restore something, and the first that can is taken', () => {
  for (const method of restoringMethods)
    expect(
      [half.operator, unchanged(4)].some((operator) => method.cannot(operator) === undefined),
      method.name,
    ).toBe(true)
  expect(chooseRestoringMethod(unchanged(4), {}).name).toBe('from-noise-level')
  expect(chooseRestoringMethod(half.operator, {}).name).toBe(restoringMethods[1]!.name)
})

it('bytes become points in the middle of their cells, whatever levels they are told in', () => {
  const few = new PictureEncoding({ height: 1, width: 17, channels: 1, levels: 17 })
  const line = { ...pictures(), height: 1, width: 17 }
  const own = { ...line, levels: 17, values: Uint8Array.from({ length: 17 }, (_, v) => v) }
  const file = { ...line, values: Uint8Array.from({ length: 17 }, (_, v) => Math.round((v * 255) / 16)) }
  const cells = few.encode({ rowCount: 1, source: '', columns: [], pictures: [own] })
  observedPoints(own, few).forEach((x, i) => void expect(x).toBeCloseTo(cells[i]!, 6))
  observedPoints(file, few).forEach((x, i) => void expect(x).toBeCloseTo(cells[i]!, 2))
  const { ends } = scaleOfPoints(few)
  expect(ends[0]).toBeCloseTo(cells[0]!, 6)
  expect(ends[1]).toBeCloseTo(cells[16]!, 6)
})

describe('estimateNoise', () => {
  const picture = { channels: 1, height: 48, width: 48 } as const
  const ends = [-1, 1] as const
  const noisy = (deviation: number, seed: number): Float64Array => {
    const z = new RandomStream({ seed, name: 'noise' }).normal({ first: 0, count: 1, width: 48 * 48 })
    return Float64Array.from(z, (value, at) => {
      const [x, y] = [at % 48, Math.floor(at / 48)]
      const edge = x > 20 && y > 12 ? 0.3 : 0
      return 0.3 * Math.sin(x / 9 + y / 14) + edge + deviation * value
    })
  }

  it.each([0.02, 0.05, 0.1])('finds a noise of %f under a smooth picture with an edge', (deviation) => {
    const found = [1, 2, 3, 4].map(
      (seed) => estimateNoise(noisy(deviation, seed), picture, { ends }).deviation,
    )
    expect(Math.abs(moments(found).mean / deviation - 1)).toBeLessThan(0.05)
  })

  it('leaves out what is not known and what is cut off', () => {
    const values = noisy(0.05, 1)
    const known = Float32Array.from(values, (_, at) => (at % 48 < 24 ? 1 : 0))
    const alone = estimateNoise(values, picture, { ends, known }).deviation
    values.forEach((_, at) => {
      if (at % 48 >= 24) values[at] = 1
    })
    const cut = estimateNoise(values, picture, { ends })
    expect(cut.deviation).toBe(alone)
    expect(cut.cutOff).toBe(0.5)
    expect(estimateNoise(values.fill(1), picture, { ends })).toEqual({ deviation: Number.NaN, cutOff: 1 })
  })
})

describe('damage that is told', () => {
  const readMask = async (): Promise<never> => Promise.reject(new Error('no file'))
  const told = (options: Record<string, string>, isNoisy = false): ReturnType<typeof damageTold> =>
    damageTold(options, { shape: { height: 4, width: 6, channels: 3 }, readMask, isNoisy })

  it('is a box that is missing, blur, a smaller size, or noise alone', async () => {
    const { known } = await told({ mask: 'box:1,2,3,2' })
    expect(known!.filter((one) => one === 0)).toHaveLength(3 * 6)
    expect(Array.from(known!.subarray(6 * 2, 6 * 3))).toEqual([1, 0, 0, 0, 1, 1])
    expect(await told({ enlarge: '2' })).toMatchObject({ size: { width: 3, height: 2 } })
    expect(await told({ blur: '0.7' })).toMatchObject({ size: { width: 6, height: 4 } })
    expect((await told({}, true)).operator.isIdentity).toBe(true)
    expect(repairs.map(({ name }) => name)).toEqual(['mask', 'blur', 'enlarge'])
    expect(boxMask('0,0,1,1', { height: 1, width: 2, channels: 1 }).missing).toEqual(Uint8Array.of(1, 0))
  })

  it.each([
    ['nothing', {}, 'usage/restore'],
    ['two kinds', { blur: '1', enlarge: '2' }, 'usage/restore'],
    ['a box beyond the edge', { mask: 'box:4,0,3,1' }, 'usage/restore'],
    ['a box of all', { mask: 'box:0,0,6,4' }, 'usage/restore'],
    ['a box of words', { mask: 'box:a,b' }, 'usage/restore'],
    ['a blur of a word', { blur: 'much' }, 'usage/restore'],
    ['a factor that does not divide', { enlarge: '4' }, 'sampling/operator'],
  ])('refuses %s', async (_, options, code) => {
    await expect(told(options as Record<string, string>)).rejects.toMatchObject({ code })
  })

  it('refuses a mask of another size, or of nothing, and noise that is none', () => {
    const of = (width: number, missing: number[]) => () => maskDamage({ width, height: 2, missing }, shape)
    expect(of(3, [0, 0, 0, 1, 1, 1])).toThrow('The mask has 3 × 2 pixels')
    expect(of(2, [0, 0, 0, 0])).toThrow('Nothing is missing')
    expect(() => noiseTold('-1', '--noise')).toThrow('standard deviation or auto')
    expect(noiseTold('auto', '--noise')).toBe('auto')
  })
})
