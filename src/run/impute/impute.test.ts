import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type RowObject, TableEncoding, tableOfObjects } from '../../data/index.ts'
import * as f from '../../engine/index.ts'
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
const fitted = new FittedModel({
  values: {},
  range: { sigmaMin: 0.01, sigmaMax: 20, sigmaData: 1 },
  model: {
    ...{ event: [2], levels: 'each', parameters: {} },
    can: {
      denoise: (_, { x, sigma }) => {
        const half = Math.SQRT1_2
        const axes = f.constant({ shape: [2, 2], data: [half, half, half, -half] })
        const variances = f.broadcastTo(
          f.constant({ shape: [2], data: [1 + correlation, 1 - correlation] }),
          x.shape,
        )
        const noise = f.broadcastTo(f.reshape(f.square(sigma!), [x.shape[0]!, 1]), x.shape)
        const shrunk = f.div(f.mul(f.matmul(x, axes), variances), f.add(variances, noise))
        return f.matmul(shrunk, axes)
      },
    },
  },
})

const filled = (given: readonly RowObject[], options: ImputeOptions = {}) =>
  imputeTable({ encoding, fitted }, tableOfObjects(given).table, { method: 'tmpd', ...options })

describe('the law of draws: those of the conditional', () => {
  it('have its mean and deviation, row by row, and leave all else as it is', async () => {
    const given = [
      { note: 'x', a: 1.5, b: null },
      { note: null, a: 0.25, b: -0.5 },
      { note: 'y', a: null, b: -1 },
    ]
    const found = await filled(given, { draws: 400 })
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
    const found = await filled(
      [
        { a: null, b: null },
        { a: 1, b: 1 },
      ],
      { draws: 32 },
    )
    expect(found.notes).toEqual(['Row 1 has nothing but gaps: it is filled as a new row.'])
    expect(found.columns.every(({ values }) => (values.values as Float64Array).every(Number.isFinite))).toBe(
      true,
    )
  })

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
