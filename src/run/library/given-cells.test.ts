import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import type { RowObject } from '../../data/index.ts'
import type { FitTableOptions } from './fit-options.ts'
import { fitTable } from './fit-table.ts'
import { load } from './load.ts'
import type { TableModel } from './table-model.ts'

const quick = { steps: 40, batchSize: 64, size: { width: 16, blocks: 1 }, seed: 1 } as const

/** A word, a number in a third of the rows, a whole number, a day, an identifier, and twice the whole number. */
function someRows(count = 300): RowObject[] {
  const z = new RandomStream({ seed: 5, name: 'normal' }).normal({ first: 0, count, width: 2 })
  return Array.from({ length: count }, (_, row) => {
    const grade = Math.round(3 + 2 * z[2 * row]!)
    return {
      id: `row ${1000 + row}`,
      word: z[2 * row]! > 0 ? 'high' : 'low',
      level: row % 3 === 0 ? null : z[2 * row + 1]! + 0.1 * row,
      grade,
      double: 2 * grade,
      since: new Date(Date.UTC(2020, 0, 1 + row)),
    }
  })
}

describe('cells that are given', () => {
  let model: TableModel
  beforeAll(async () => {
    model = await fitTable(someRows(), { ...quick, conditions: 'all' })
  }, 60_000)
  afterAll(() => model.dispose())

  test('come back as they are, numbers of any digits, words, days and gaps; other columns have their own values', async () => {
    expect(model.config.model.conditions).toEqual(['word', 'level', 'grade', 'since'])
    const since = new Date(Date.UTC(2020, 5, 7))
    const rows = await model.sample({ count: 5, given: { word: 'low', level: 1.23456789, since } })
    for (const row of rows) {
      expect(row).toMatchObject({ word: 'low', level: 1.23456789, since })
      expect(row['double']).toBe(2 * Number(row['grade']))
    }
    for (const row of await model.sample({ count: 5, given: { level: null, grade: 4 } }))
      expect(row).toMatchObject({ level: null, grade: 4, double: 8 })
  })

  test('of each row: it is drawn as it would be beside any others', async () => {
    const each = [{ word: 'high' }, {}, { grade: 2, level: 7 }]
    const rows = await model.sample({ count: 3, seed: 4, given: each })
    expect(rows[0]).toMatchObject({ word: 'high' })
    expect(rows[2]).toMatchObject({ grade: 2, level: 7 })
    expect(await model.sample({ count: 1, first: 2, seed: 4, given: each[2] })).toEqual([rows[2]])
  })

  test('a model that was saved takes them, too', async () => {
    const asked = { count: 3, seed: 2, given: { word: 'low', grade: 3 } } as const
    const saved = (await load(await model.save())) as TableModel
    expect(await saved.sample(asked)).toEqual(await model.sample(asked))
    await saved.dispose()
  })

  test('guidance changes what is drawn, and nothing at weight 1', async () => {
    const asked = { count: 20, seed: 2, given: { word: 'low' } } as const
    const off = await model.sample(asked)
    expect(await model.sample({ ...asked, guidance: { weight: 1 } })).toEqual(off)
    expect(await model.sample({ ...asked, guidance: { weight: 4 } })).not.toEqual(off)
  })

  test('a training that goes on learns as if it had not stopped', async () => {
    const options = { ...quick, conditions: 'all', steps: 60 } as const
    const straight = await fitTable(someRows(), options)
    const half = await fitTable(someRows(), { ...options, finish: AbortSignal.abort() })
    expect(half.step).toBeLessThan(60)
    const resumed = await fitTable(someRows(), { resume: half, steps: 60 })
    expect(resumed.state.groups['ema']).toEqual(straight.state.groups['ema'])
    for (const one of [straight, half, resumed]) await one.dispose()
  })

  test.each([
    ['a column that there is not', { given: { wort: 'low' } }, 'usage/given', /wort cannot be given/],
    ['one that is computed', { given: { double: 4 } }, 'usage/given', /double cannot be given/],
    ['a word that the data never had', { given: { word: 'lo' } }, 'data/unknown-category', /'lo'/],
    ['another count of rows', { given: [{}, {}] }, 'usage/given', /2 rows are given for 1/],
    ['no object', { given: 'low' }, 'usage/given', /must be an object/],
    ['with where', { given: {}, where: () => true }, 'usage/options', /do not go together/],
  ])('%s', async (_, asked, code, message) => {
    await expect(model.sample({ count: 1, ...(asked as object) })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })
})

test('gaps that are unknown: none comes out, and rows with some are learned', async () => {
  const model = await fitTable(someRows(), { ...quick, gaps: 'unknown' })
  expect(model.description.trainingRows).toBeGreaterThan(200)
  const rows = await model.sample({ count: 200 })
  expect(rows.every((row) => typeof row['level'] === 'number')).toBe(true)
  const saved = (await load(await model.save())) as TableModel
  expect((await saved.sample({ count: 200 })).length).toBe(200)
  await expect(model.sample({ count: 1, given: { word: 'low' } })).rejects.toMatchObject({
    code: 'usage/given',
  })
  for (const one of [model, saved]) await one.dispose()
})

test.each<[string, FitTableOptions, string, RegExp]>([
  ['a column that there is not', { conditions: ['wort'] }, 'model/conditions', /no such column.*word/],
  ['an identifier', { conditions: ['id'] }, 'model/conditions', /'id' cannot be given: it is not modelled/],
  [
    'every column by name',
    { conditions: ['word', 'level', 'grade', 'since'] },
    'model/conditions',
    /nothing to draw/,
  ],
  [
    'a family that cannot',
    { conditions: 'all', family: 'spline-flow' },
    'family/no-conditions',
    /spline-flow/,
  ],
  ['gaps of another name', { gaps: 'none' as 'values' }, 'config/invalid', /gaps is "none"/],
])('conditions of a training: %s', async (_, options, code, message) => {
  await expect(fitTable(someRows(60), { ...quick, ...options })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  })
})
