import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type RowObject, TableEncoding, tableOfObjects } from '../../data/index.ts'
import * as f from '../../engine/index.ts'
import { knownNumbers, knownParts, partlyKnownShapes, type RowPart } from '../../family/index.ts'
import { guides } from '../../sampling/index.ts'
import { FittedModel } from '../experiment/fitted-model.ts'
import { allDraws, bestFilling, type ImputeOptions, imputeTable, intervalOf } from './index.ts'

const correlation = 0.8
const z = new RandomStream({ seed: 1, name: 'rows' }).normal({ first: 0, count: 400, width: 2 })
const rows: RowObject[] = Array.from({ length: 400 }, (_, i) => {
  const a = z[2 * i]!
  const b = correlation * a + Math.sqrt(1 - correlation ** 2) * z[2 * i + 1]!
  return { id: `row ${i}`, a, b }
})
const { encoding } = TableEncoding.fit({
  table: tableOfObjects(rows).table,
  columns: { a: { encoder: 'standard' }, b: { encoder: 'standard' } },
})

/** The exact denoiser of the rows: N(0, C) of the encoded columns, C of correlation 0.8. D = C (C + σ² I)⁻¹ x. */
const jointly = (x: f.Tensor, sigma: f.Tensor): f.Tensor => {
  const half = Math.SQRT1_2
  const axes = f.constant({ shape: [2, 2], data: [half, half, half, -half] })
  const variances = f.broadcastTo(
    f.constant({ shape: [2], data: [1 + correlation, 1 - correlation] }),
    x.shape,
  )
  const shrunk = f.div(f.mul(f.matmul(x, axes), variances), f.add(variances, noiseOf(x, sigma)))
  return f.matmul(shrunk, axes)
}
const noiseOf = (x: f.Tensor, sigma: f.Tensor): f.Tensor =>
  f.broadcastTo(f.reshape(f.square(sigma), [x.shape[0]!, 1]), x.shape)

/** The same of one column where the other is known to be y: N(ρ y, 1 − ρ²). D = (v x + σ² ρ y)/(v + σ²). */
const givenTheOther = (x: f.Tensor, sigma: f.Tensor, other: f.Tensor): f.Tensor => {
  const variance = 1 - correlation ** 2
  const noise = noiseOf(x, sigma)
  return f.div(f.add(f.mul(x, variance), f.mul(f.mul(noise, other), correlation)), f.add(noise, variance))
}

const range = { sigmaMin: 0.01, sigmaMax: 20, sigmaData: 1 }
const fitted = new FittedModel({
  ...{ values: {}, range },
  model: {
    ...{ event: [2], levels: 'each', parameters: {} },
    can: { denoise: (_, { x, sigma }) => jointly(x, sigma!) },
  },
})

const parts: readonly RowPart[] = [0, 1].map(() => ({ kind: 'numbers', width: 1 }))
/** The exact denoiser of a model that is told columns: a guide of it would see the joint distribution. */
const told = new FittedModel({
  ...{ values: {}, range },
  model: {
    ...{ event: [2], levels: 'each', parameters: {}, partlyKnown: parts },
    conditions: partlyKnownShapes(parts),
    can: {
      denoise: (_, { x, sigma, conditions }) => {
        const joint = jointly(x, sigma!)
        if (conditions === undefined) return joint
        const known = conditions[knownParts]!
        const swap = f.constant({ shape: [2, 2], data: [0, 1, 1, 0] })
        const other = givenTheOther(x, sigma!, f.matmul(conditions[knownNumbers]!, swap))
        const noisy = f.where(f.greater(f.matmul(known, swap), 0.5), other, joint)
        return f.where(f.greater(known, 0.5), conditions[knownNumbers]!, noisy)
      },
    },
  },
})

const filled = (given: readonly RowObject[], options: ImputeOptions = {}) =>
  imputeTable({ encoding, fitted }, tableOfObjects(given).table, { method: 'tmpd', ...options })
const filledAsTold = (given: readonly RowObject[], options: ImputeOptions = {}) =>
  imputeTable({ encoding, fitted: told, mayBeGiven: ['a', 'b'] }, tableOfObjects(given).table, options)

describe.each([
  { who: 'a guide', fill: filled },
  { who: 'a model that is told', fill: filledAsTold },
])('the law of draws by $who: those of the conditional', ({ fill }) => {
  it('have its mean and deviation, row by row, and leave all else as it is', async () => {
    const given = [
      { note: 'x', a: 1.5, b: null },
      { note: null, a: 0.25, b: -0.5 },
      { note: 'y', a: null, b: -1 },
    ]
    const found = await fill(given, { draws: 400 })
    expect(found.columns.map(({ name, rows }) => [name, [...rows]])).toEqual([
      ['a', [2]],
      ['b', [0]],
    ])
    const observed = { a: -1, b: 1.5 } as Record<string, number>
    for (const { name, values } of found.columns) {
      const draws = values.values as Float64Array
      const mean = draws.reduce((sum, value) => sum + value, 0) / 400
      const std = Math.sqrt(draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 400)
      // The sample's own moments differ from 0, 1 and 0.8 by some hundredths.
      expect(mean).toBeCloseTo(correlation * observed[name]!, 0.7)
      expect(std).toBeGreaterThan(0.5)
      expect(std).toBeLessThan(0.7)
    }
    const best = bestFilling(found, encoding, { interval: 0.9 })
    expect(best.columns.map(({ name }) => name)).toEqual([
      'note',
      'a',
      'a_low',
      'a_high',
      'b',
      'b_low',
      'b_high',
    ])
    expect(best.columns[0]!.values).toEqual(['x', null, 'y'])
    const [, a, low, high, b] = best.columns.map(({ values }) => values as Float64Array)
    expect([a![0], a![1], b![1], b![2]]).toEqual([1.5, 0.25, -0.5, -1])
    expect([low![0], high![0]]).toEqual([Number.NaN, Number.NaN])
    expect(high![2]! - low![2]!).toBeGreaterThan(1.6)
    expect(high![2]! - low![2]!).toBeLessThan(2.4)
  }, 30_000)

  it('a row of gaps only is drawn as a new row, and said', async () => {
    const found = await fill(
      [
        { a: null, b: null },
        { a: 1, b: 1 },
      ],
      { draws: 400 },
    )
    expect(found.notes).toEqual(['Row 1 has nothing but gaps: it is filled as a new row.'])
    const [a, b] = found.columns.map(({ values }) => values.values as Float64Array)
    const product = a!.reduce((sum, value, k) => sum + value * b![k]!, 0) / 400
    // Its standard error is 0.064.
    expect(Math.abs(product - correlation)).toBeLessThan(0.25)
  })
})

describe('draws', () => {
  it('all draws stand below each other, and each is one of the draws', async () => {
    const found = await filled(
      [
        { a: 1, b: null },
        { a: 2, b: 2 },
      ],
      { draws: 3 },
    )
    const all = allDraws(found, encoding)
    expect(all.columns.map(({ name }) => name)).toEqual(['draw', 'a', 'b'])
    expect(all.columns[0]!.values).toEqual(Float64Array.of(1, 1, 2, 2, 3, 3))
    const [draws, b] = [found.columns[0]!.values.values, all.columns[2]!.values]
    expect([b[0], b[2], b[4]]).toEqual([...draws])
    expect([b[1], b[3], b[5]]).toEqual([2, 2, 2])
  })

  it('a table without gaps is as it was', async () => {
    const found = await filled([{ a: 1, b: 2 }])
    expect(found.rows).toBe(0)
    expect(bestFilling(found, encoding).columns.map(({ values }) => [...values])).toEqual([[1], [2]])
  })
})

describe('the method that is taken', () => {
  const [gap, whole] = [
    { a: 1, b: null },
    { a: 1, b: 2 },
  ]

  it('is that of a model that is told, where all that is known may be given; it asks the network 2 n − 1 times', async () => {
    const found = await filledAsTold([gap, whole], { draws: 2, steps: 5 })
    expect(found).toMatchObject({ method: 'learned', evaluations: 9, notes: [] })
  })

  it('is a guide otherwise, and that is said where some columns may be given', async () => {
    const { table } = tableOfObjects([gap])
    const cheap = { draws: 2, steps: 2 }
    const other = await imputeTable({ encoding, fitted: told, mayBeGiven: ['b'] }, table, cheap)
    expect(other.method).toBe(guides[0]!.name)
    expect(other.notes).toEqual([
      `Filled by ${guides[0]!.name}, not by learned: the model was trained with b given, and the rows also have a.`,
    ])
    const plain = await imputeTable({ encoding, fitted }, table, cheap)
    expect(plain).toMatchObject({ method: guides[0]!.name, notes: [] })
  })

  it('is the one named, where it can', async () => {
    const found = await filledAsTold([gap], { draws: 2, steps: 2, method: 'replacement' })
    expect(found.method).toBe('replacement')
    await expect(filled([gap], { method: 'learned' })).rejects.toMatchObject({
      ...{ kind: 'ability', code: 'impute/method' },
      message: expect.stringContaining('train --conditions all'),
    })
    await expect(filledAsTold([gap], { methodOptions: { particles: 4 } })).rejects.toMatchObject({
      code: 'sampling/unknown-option',
    })
  })

  it('draws a row by the seed, its place and what is known of it alone', async () => {
    const [first] = (await filledAsTold([gap], { draws: 3, seed: 4 })).columns
    const [, b] = (await filledAsTold([{ a: null, b: null }, gap, { a: null, b: 2 }], { draws: 3, seed: 4 }))
      .columns
    const [again] = (await filledAsTold([gap, { a: null, b: 2 }], { draws: 3, seed: 4 })).columns.slice(1)
    expect(again!.values.values.slice(0, 3)).toEqual(first!.values.values)
    expect(b!.values.values.slice(3, 6)).not.toEqual(first!.values.values)
  })
})

describe('what cannot be', () => {
  it('no draws, a method that there is not, a family without a denoiser', async () => {
    await expect(filled([{ a: 1, b: null }], { draws: 0 })).rejects.toMatchObject({ code: 'usage/options' })
    await expect(filled([{ a: 1, b: null }], { method: 'repant' })).rejects.toMatchObject({
      code: 'usage/unknown-name',
      message: expect.stringContaining('repaint'),
    })
    await expect(filled([{ a: 1 }])).rejects.toMatchObject({ code: 'data/missing-column' })
    const flow = new FittedModel({
      ...{ family: 'some-flow', values: {}, range: fitted.range },
      model: {
        event: [2],
        levels: 'one',
        parameters: {},
        can: { logDensity: (_, { x }) => f.sum(x, { axes: [1] }) },
      },
    })
    await expect(
      imputeTable({ encoding, fitted: flow }, tableOfObjects([{ a: 1, b: null }]).table),
    ).rejects.toMatchObject({
      code: 'family/cannot',
      message: expect.stringContaining('Filling gaps cannot be done by the family "some-flow"'),
    })
  })

  it('an interval that the draws do not show', () => {
    expect(intervalOf(0.9, 19)).toEqual({ low: 0, high: 18 })
    expect(intervalOf(0.9, 39)).toEqual({ low: 1, high: 37 })
    expect(() => intervalOf(0.9, 18)).toThrow(/cannot be told from 18 draws/)
    expect(() => intervalOf(1, 100)).toThrow(/between 0 and 1/)
  })

  it('stops where it is told to', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(filled([{ a: 1, b: null }], { signal: stop.signal })).rejects.toBe(reason)
  })
})
