import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import type { RowObject } from '../../data/index.ts'
import { fitTable } from './fit-table.ts'
import type { TableModel } from './table-model.ts'

/** size | kind ~ N(10 or 16, 2²), kind small in three of ten rows; weight = size + N(0, 3²). */
const shareOfSmall = 0.3
const meanOf = { small: 10, large: 16 } as const
const [deviation, spread] = [2, 3]
const kinds = ['small', 'large'] as const

const rows: RowObject[] = (() => {
  const count = 1500
  const z = new RandomStream({ seed: 5, name: 'normal' }).normal({ first: 0, count, width: 2 })
  const u = new RandomStream({ seed: 8, name: 'uniform' }).uniform({ first: 0, count, width: 1 })
  return Array.from({ length: count }, (_, row) => {
    const kind = u[row]! < shareOfSmall ? 'small' : 'large'
    const size = meanOf[kind] + deviation * z[2 * row]!
    return { kind, size, weight: size + spread * z[2 * row + 1]! }
  })
})()

const gaussianLog = (x: number, mean: number, s: number): number =>
  -0.5 * ((x - mean) / s) ** 2 - Math.log(s * Math.sqrt(2 * Math.PI))
const sizeLog = (size: number): number =>
  Math.log(
    shareOfSmall * Math.exp(gaussianLog(size, meanOf.small, deviation)) +
      (1 - shareOfSmall) * Math.exp(gaussianLog(size, meanOf.large, deviation)),
  )
const rms = (errors: readonly number[]): number => Math.hypot(...errors) / Math.sqrt(errors.length)

describe('log-densities of some columns of a table, by their names', () => {
  let model: TableModel
  const training = { batchSize: 128, seed: 1, strayShare: 0 } as const

  beforeAll(async () => {
    model = await fitTable(rows, {
      ...{ ...training, steps: 900, size: { width: 32, blocks: 2 } },
      conditions: 'all',
    })
  }, 120_000)

  afterAll(() => model.dispose())

  test('that of one column integrates to 1 in its own unit, and is near the true one', async () => {
    const [low, high, count] = [-8, 36, 220]
    const step = (high - low) / count
    const grid = Array.from({ length: count }, (_, i) => ({ size: low + (i + 0.5) * step }))
    const { logDensity } = await model.logDensity(grid, { of: ['size'] })
    const total = logDensity.reduce((sum, value) => sum + step * Math.exp(value), 0)
    expect(Math.abs(total - 1)).toBeLessThan(0.02)
    const inside = grid.flatMap(({ size }, i) => (size > 7 && size < 19 ? [{ size, i }] : []))
    expect(rms(inside.map(({ size, i }) => logDensity[i]! - sizeLog(size)))).toBeLessThan(0.3)
  })

  test('given another column follows it, whether its cells stand in the rows or beside them', async () => {
    const asked = kinds.flatMap((kind) =>
      [-3, -1.5, 0, 1.5, 3].map((away) => ({ kind, size: meanOf[kind] + away, weight: 12 })),
    )
    const inRows = await model.logDensity(asked, { of: ['size'], given: ['kind'] })
    const errors = asked.map(
      ({ kind, size }, i) => inRows.logDensity[i]! - gaussianLog(size, meanOf[kind], deviation),
    )
    expect(rms(errors)).toBeLessThan(0.5) // without kind it would be 0.76
    const each = asked.map(({ kind }) => ({ kind }))
    const sizes = asked.map(({ size }) => ({ size }))
    expect(await model.logDensity(sizes, { of: ['size'], given: each })).toEqual(inRows)
    const small = await model.logDensity(sizes.slice(0, 5), { of: ['size'], given: { kind: 'small' } })
    expect(small.logDensity).toEqual(inRows.logDensity.subarray(0, 5))
  })

  test('of all columns is the joint one; a row without a cell that is asked has none', async () => {
    const some = rows.slice(0, 4)
    const joint = await model.logDensity(some)
    const all = await model.logDensity(some, { of: ['kind', 'size', 'weight'] })
    expect(all.logDensity).toEqual(joint.logDensity)
    const holes = await model.logDensity([{ kind: 'small' }, some[0]!], { of: ['size'] })
    expect(holes.logDensity[0]).toBeNaN()
    expect(holes.logDensity[1]).not.toBeNaN()
  })

  test.each<{ what: string; asked: object; code: string; says: RegExp }>([
    { what: 'an unknown column', asked: { of: ['sise'] }, code: 'usage/options', says: /'sise'.*'size'/ },
    {
      what: 'an unknown given one',
      asked: { of: ['size'], given: { sort: 'a' } },
      code: 'usage/options',
      says: /no modelled column 'sort'/,
    },
    {
      what: 'an unknown word',
      asked: { of: ['size'], given: { kind: 'smal' } },
      code: 'data/unknown-category',
      says: /smal/,
    },
    {
      what: 'asked and given',
      asked: { of: ['size'], given: ['size'] },
      code: 'usage/options',
      says: /asked and given/,
    },
    { what: 'nothing asked', asked: { of: [] }, code: 'usage/options', says: /No column is asked/ },
    {
      what: 'too few given',
      asked: { of: ['size'], given: [{ kind: 'small' }] },
      code: 'usage/options',
      says: /1 rows are given for 4/,
    },
  ])('refuses $what', async ({ asked, code, says }) => {
    const answer = model.logDensity(rows.slice(0, 4), asked)
    await expect(answer).rejects.toMatchObject({ code })
    await expect(answer).rejects.toThrow(says)
  })

  test('refuses to leave out what was never left out, and names what can be', async () => {
    const own = await fitTable(rows.slice(0, 300), {
      ...{ ...training, steps: 2, size: { width: 8, blocks: 1 } },
      conditions: ['kind'],
    })
    const answer = own.logDensity(rows.slice(0, 2), { of: ['size'], given: ['kind'] })
    await expect(answer).rejects.toMatchObject({ kind: 'ability', code: 'sampling/part-density' })
    await expect(answer).rejects.toThrow(/never trained with 'weight' given or left out/)
    const { logDensity } = await own.logDensity(rows.slice(0, 2), { of: ['size', 'weight'], given: ['kind'] })
    expect(logDensity.every(Number.isFinite)).toBe(true)
    await own.dispose()
  })
})
