import { expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import type { Cell, RowObject } from '../../data/index.ts'
import { fit } from './fit.ts'
import type { FitTableOptions } from './fit-options.ts'
import { fitTable } from './fit-table.ts'

const quick = { steps: 80, batchSize: 64, size: { width: 32, blocks: 1 }, seed: 1 } as const

/** Rows with a column of every kind; the word says how large the number is. */
function mixedRows(count = 400): RowObject[] {
  const z = new RandomStream({ seed: 5, name: 'normal' }).normal({ first: 0, count, width: 2 })
  const u = new RandomStream({ seed: 8, name: 'uniform' }).uniform({ first: 0, count, width: 3 })
  return Array.from({ length: count }, (_, row) => {
    const kind = u[3 * row]! < 0.3 ? 'small' : 'large'
    return {
      kind,
      size: Math.round(10 * ((kind === 'small' ? 1 : 5) + 0.5 * z[2 * row]!)) / 10,
      member: u[3 * row + 1]! < 0.5,
      since: new Date(Date.UTC(2020, 0, 1) + Math.floor(u[3 * row + 2]! * 1000) * 86_400_000),
      day: `${1 + Math.floor(u[3 * row + 1]! * 28)}.${1 + Math.floor(u[3 * row]! * 12)}.2024`,
      note: row % 7 === 0 ? null : row % 2 === 0 ? 'a' : 'b',
    }
  })
}

test('objects go in and come out, each column as what it was', async () => {
  const rows = mixedRows()
  const model = await fitTable(rows, { ...quick, steps: 600 })
  expect(model.columns).toEqual(['kind', 'size', 'member', 'since', 'day', 'note'])
  const drawn = await model.sample({ count: 300, seed: 3 })
  expect(drawn).toHaveLength(300)
  for (const row of drawn) {
    expect(Object.keys(row)).toEqual([...model.columns])
    expect(['small', 'large']).toContain(row['kind'])
    expect(typeof row['member']).toBe('boolean')
    expect(row['since']).toBeInstanceOf(Date)
    expect(row['day']).toMatch(/^\d{1,2}\.\d{1,2}\.2024$/)
    expect([null, 'a', 'b']).toContain(row['note'])
    // One decimal, as in the data.
    expect(Number((row['size'] as number).toFixed(1))).toBe(row['size'])
  }
  // The word and the number belong together, and there are gaps.
  const meanOf = (kind: string): number => {
    const sizes = drawn.filter((row) => row['kind'] === kind).map((row) => row['size'] as number)
    return sizes.reduce((sum, value) => sum + value, 0) / sizes.length
  }
  expect(meanOf('large') - meanOf('small')).toBeGreaterThan(2)
  expect(drawn.some((row) => row['note'] === null)).toBe(true)
  await model.dispose()
}, 60_000)

test('rows that are asked for fulfil what is asked, and are the same whatever else is', async () => {
  const model = await fitTable(mixedRows(), quick)
  const where = (row: Record<string, Cell>): boolean => row['kind'] === 'small' && row['member'] === true
  const some = await model.sample({ count: 30, seed: 2, where })
  expect(some.every(where)).toBe(true)
  expect((await model.sample({ count: 10, seed: 2, where })).map((row) => row['size'])).toEqual(
    some.slice(0, 10).map((row) => row['size']),
  )
  await expect(model.sample({ count: 1, where: 'small' as never })).rejects.toMatchObject({
    code: 'usage/options',
  })
  await model.dispose()
}, 60_000)

test('a log-density for each row; none for a row that the model cannot take', async () => {
  const rows = mixedRows()
  const model = await fitTable(rows, { ...quick, steps: 400 })
  const large = rows.find((row) => row['kind'] === 'large')!
  const odd = { ...large, size: 1.0 }
  const usual = { ...large, size: 5.0 }
  const strange = { ...large, size: null }
  const { logDensity } = await model.logDensity([usual, odd, strange])
  expect(logDensity[0]! - logDensity[1]!).toBeGreaterThan(3)
  expect(logDensity[2]).toBeNaN()
  await model.dispose()
}, 60_000)

test.each<{ what: string; rows: unknown; code: string; says: RegExp }>([
  { what: 'no array', rows: { a: 1 }, code: 'data/rows', says: /array of objects/ },
  { what: 'arrays', rows: [[1, 2]], code: 'data/rows', says: /Row 0 is an array/ },
  { what: 'nothing', rows: [], code: 'data/no-rows', says: /no rows/ },
  {
    what: 'two kinds in a column',
    rows: [{ a: 1 }, { a: 'x' }],
    code: 'data/mixed-column',
    says: /'a' holds numbers and, in row 1, the text x/,
  },
  {
    what: 'infinity',
    rows: [{ a: 1 }, { a: Number.POSITIVE_INFINITY }],
    code: 'data/not-finite',
    says: /Row 1 of 'a' is the number Infinity/,
  },
  {
    what: 'no day',
    rows: [{ a: new Date('?') }],
    code: 'data/rows',
    says: /Row 0 of 'a' is an invalid date/,
  },
  { what: 'a function', rows: [{ a: () => 1 }], code: 'data/rows', says: /Row 0 of 'a'/ },
  { what: 'two rows', rows: [{ a: 1 }, { a: 2 }], code: 'data/too-few-rows', says: /at least 3/ },
])('rows: $what', async ({ rows, code, says }) => {
  await expect(fitTable(rows as RowObject[], quick)).rejects.toThrow(says)
  await expect(fitTable(rows as RowObject[], quick)).rejects.toMatchObject({ code })
})

test('options are checked by the schema of the command line', async () => {
  const wrong = { columns: { kind: { as: 'sound' } }, steps: -1, scale: true } as unknown as FitTableOptions
  await expect(fitTable(mixedRows(20), wrong)).rejects.toThrow(/3 problems/)
  const unknown = { ...quick, columns: { sort: { as: 'skip' } } } as FitTableOptions
  await expect(fitTable(mixedRows(20), unknown)).rejects.toMatchObject({ code: 'data/missing-column' })
})

test('training goes on, bit for bit as if it had not stopped, on the same rows in any order', async () => {
  const rows = mixedRows(120)
  const steady = { ...quick, schedule: 'constant' } as const
  const whole = await fitTable(rows, { ...steady, steps: 80 })
  const half = await fitTable(rows, { ...steady, steps: 40 })
  const both = await fitTable(rows, { resume: half, steps: 80 })
  expect(both.state.groups).toEqual(whole.state.groups)
  await expect(fitTable(rows.slice(1), { resume: half, steps: 90 })).rejects.toMatchObject({
    code: 'data/changed',
  })
}, 60_000)

test('a warm start begins at the weights of another model, with its columns', async () => {
  const rows = mixedRows(200)
  const before = await fitTable(rows.slice(0, 150), quick)
  const nothing = { steps: 1, learningRate: 1e-12, batchSize: 32 }
  const after = await fitTable(rows.slice(50), { from: before, ...nothing })
  // A log-density also depends on the moments of the rows, which are new.
  const points = Float32Array.from({ length: 4 * before.encoding.width }, (_, i) => Math.sin(i))
  const [a, b] = [await before.fitted.denoise(points, 0.5), await after.fitted.denoise(points, 0.5)]
  a.forEach((value, i) => {
    expect(b[i]).toBeCloseTo(value, 3)
  })
  expect(after.encoding.toJSON()).toEqual(before.encoding.toJSON())
  const without = rows.map(({ kind: _, ...others }) => others as RowObject)
  await expect(fitTable(without, { from: before })).rejects.toMatchObject({ code: 'data/missing-column' })
  await expect(
    fit(
      [
        [1, 2],
        [2, 4],
        [3, 5],
      ],
      { from: before },
    ),
  ).rejects.toMatchObject({ code: 'model/other-model' })
}, 60_000)
