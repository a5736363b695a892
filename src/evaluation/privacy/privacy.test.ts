import { describe, expect, test, vi } from 'vitest'
import { type Table, takeRows } from '../../data/index.ts'
import { type Mark, verdictOf } from '../facts/index.ts'
import { fixture } from '../published/fixture.test-helper.ts'
import { measurePrivacy, type Privacy } from './privacy.ts'
import { blocksOf } from './row-blocks.ts'
import {
  countedBlocks,
  discreteTable,
  jittered,
  mixedTable,
  rowsFrom,
  stacked,
  withColumn,
  words,
} from './tables.test-helper.ts'

// The largest tables take seconds each, on a busy machine a minute.
vi.setConfig({ testTimeout: 300_000 })

const mostHeldOut = 1000
const mostSynthetic = 1500

/** What a generator that learned `training` is told, of rows that it never saw and of those that it made. */
async function measured(training: Table, heldOut: Table, synthetic: Table): Promise<Privacy> {
  const real = takeRows(training, rowsFrom(0, Math.min(training.rowCount, 3000)))
  return measurePrivacy(
    { real, heldOut, synthetic },
    { names: training.columns.map(({ name }) => name), seed: 0, training: blocksOf(training) },
  )
}

const figureOf = (privacy: Privacy, name: string): Privacy['figures'][number] =>
  privacy.figures.find((figure) => figure.name === name)!

/** The marks of all figures, by their names. */
function marksOf(privacy: Privacy): Readonly<Record<string, Mark>> {
  const likelihood = { model: { value: 0, low: 0, high: 0, standardError: 0, rows: 1 }, baselines: [] }
  const { facts } = verdictOf({ against: 'held-out rows', likelihood, privacy })
  return Object.fromEntries(facts.map(({ name, mark }) => [name, mark]))
}
const isPoor = (privacy: Privacy): boolean => Object.values(marksOf(privacy)).includes('poor')
/** What is poor, or may be; of no figure more is known than that it is not good. */
const suspicions = (privacy: Privacy): string[] =>
  Object.entries(marksOf(privacy)).flatMap(([name, mark]) => (/poor/.test(mark) ? [name] : []))

/** Rows from all over the table, not only those that figures are computed from. */
function someOf(table: Table): Table {
  const count = Math.min(table.rowCount, mostSynthetic)
  return takeRows(
    table,
    Int32Array.from({ length: count }, (_, i) => Math.floor((i * table.rowCount) / count)),
  )
}

for (const count of [500, 20_000, 200_000]) {
  describe(`of ${count} training rows`, () => {
    const training = mixedTable(count, 1)
    const heldOut = mixedTable(Math.min(mostHeldOut, Math.round(count / 4)), 2)
    const fresh = mixedTable(Math.min(count, mostSynthetic), 3)
    const copies = someOf(training)

    test('a copier is poor, in whole and by a third', async () => {
      const whole = await measured(training, heldOut, copies)
      expect(whole.trainingRows).toBe(count)
      expect(figureOf(whole, 'copies')).toMatchObject({ value: 1 })
      expect(figureOf(whole, 'near copies')).toMatchObject({ value: 1 })
      expect(marksOf(whole)).toMatchObject({ copies: 'poor', 'near copies': 'poor', nearer: 'poor' })
      if (count > 20_000) return
      const third = Math.round(fresh.rowCount / 3)
      const mixed = stacked(
        takeRows(copies, rowsFrom(0, third)),
        takeRows(fresh, rowsFrom(third, fresh.rowCount - third)),
      )
      const partly = await measured(training, heldOut, mixed)
      expect(figureOf(partly, 'copies').value).toBeCloseTo(1 / 3, 2)
      expect(marksOf(partly)).toMatchObject({ copies: 'poor', 'near copies': 'poor' })
    })

    for (const [name, by] of [
      ['of 1e-7 of the value', { relative: 1e-7 }],
      ['of 1e-3 of the deviation', { ofDeviation: 1e-3 }],
    ] as const)
      test(`copies with noise ${name} are poor`, async () => {
        const privacy = await measured(training, heldOut, jittered(copies, by))
        expect(figureOf(privacy, 'copies').value).toBeLessThan(0.01)
        expect(marksOf(privacy)['near copies']).toBe('poor')
        expect(figureOf(privacy, 'near copies').value).toBeGreaterThan(0.8)
      })

    test('copies of which one column is drawn anew are poor', async () => {
      const privacy = await measured(training, heldOut, withColumn(copies, 'income', fresh))
      expect(figureOf(privacy, 'copies').value).toBeLessThan(0.1)
      expect(figureOf(privacy, 'copies but one')).toMatchObject({ value: 1 })
      expect(marksOf(privacy)['copies but one']).toBe('poor')
    })

    test('fresh rows of the same distribution are not poor', async () => {
      const privacy = await measured(training, heldOut, fresh)
      expect(suspicions(privacy)).toEqual([])
      const nearer = figureOf(privacy, 'nearer')
      expect(nearer.low).toBeLessThan(0.5)
      expect(nearer.high).toBeGreaterThan(0.5)
    })

    test('fresh rows that often coincide with training rows are not poor; copies are where they can be told', async () => {
      const learned = discreteTable(count, 1)
      const unseen = discreteTable(heldOut.rowCount, 2)
      const privacy = await measured(learned, unseen, discreteTable(fresh.rowCount, 3))
      expect(figureOf(privacy, 'copies').value).toBeGreaterThan(0.15)
      expect(suspicions(privacy)).toEqual([])
      const copied = await measured(learned, unseen, someOf(learned))
      expect(figureOf(copied, 'copies').value).toBe(1)
      // Of 200,000 rows nearly all have equals by nature.
      expect(isPoor(copied)).toBe(count < 200_000)
    })
  })
}

describe('measurePrivacy', () => {
  const training = discreteTable(20_000, 1)
  const names = training.columns.map(({ name }) => name)

  test('is not misled where equal rows were kept on one side', async () => {
    // A row is held out by what it is, so that no held-out row equals a training row.
    const all = discreteTable(25_000, 1)
    const key = (row: number): number =>
      all.columns.reduce(
        (sum, { values }) => sum + String(values[row]).length * 7 + Number(values[row] === values[0]),
        0,
      )
    const isHeld = (row: number): boolean => {
      const text = all.columns.map(({ values }) => values[row]).join()
      let hash = key(row)
      for (const letter of text) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0
      return hash % 10 === 0
    }
    const rows = rowsFrom(0, all.rowCount)
    const learned = takeRows(
      all,
      rows.filter((row) => !isHeld(row)),
    )
    const heldOut = takeRows(all, rows.filter(isHeld))
    const privacy = await measured(learned, heldOut, discreteTable(1500, 3))
    expect(privacy.copies.heldOut).toBe(0)
    expect(figureOf(privacy, 'copies').value).toBeGreaterThan(0.5)
    expect(suspicions(privacy)).toEqual([])
  })

  test('goes over all rows once, and counts what is equal in any order and any block', async () => {
    const { blocks, read } = countedBlocks(training)
    const heldOut = discreteTable(500, 2)
    const synthetic = discreteTable(500, 3)
    const real = takeRows(training, rowsFrom(0, 1000))
    const privacy = await measurePrivacy({ real, heldOut, synthetic }, { names, seed: 0, training: blocks })
    expect(read()).toBe(20_000)
    const texts = (table: Table): string[] =>
      Array.from({ length: table.rowCount }, (_, row) =>
        table.columns.map(({ values }) => values[row]).join(),
      )
    const known = new Set(texts(training))
    const counted = (table: Table): number => texts(table).filter((text) => known.has(text)).length
    expect(privacy.copies).toEqual({
      synthetic: counted(synthetic),
      syntheticRows: 500,
      heldOut: counted(heldOut),
      heldOutRows: 500,
    })
  })

  test('of as many training rows as held-out ones, the score is the share nearer to training rows', async () => {
    const columns = (count: number, seed: number): Table => {
      const { columns, ...rest } = mixedTable(count, seed)
      return { ...rest, columns: columns.slice(0, 3) }
    }
    const [real, heldOut, synthetic] = [columns(400, 1), columns(400, 2), columns(300, 3)]
    const { nearer } = await measurePrivacy({ real, heldOut, synthetic }, { names: ['x', 'y', 'z'], seed: 0 })
    const values = (table: Table, k: number): Float64Array => table.columns[k]!.values as Float64Array
    const range = [0, 1, 2].map((k) => Math.max(...values(real, k)) - Math.min(...values(real, k)))
    const closest = (row: number, among: Table): number =>
      Math.min(
        ...Array.from({ length: among.rowCount }, (_, other) =>
          range.reduce(
            (sum, unit, k) => sum + Math.abs(values(synthetic, k)[row]! - values(among, k)[other]!) / unit,
            0,
          ),
        ),
      )
    const wins = Array.from({ length: 300 }, (_, row) => closest(row, real) < closest(row, heldOut))
    expect(nearer.value).toBeCloseTo(wins.filter(Boolean).length / 300, 9)
  })

  test('DCR is what an independent computation gives', async () => {
    // bench/peers/published.py --held-out on these rows of the fixture: numbers with gaps, words, a word of synthetic rows only.
    const { reference, candidate: synthetic, names } = fixture
    const heldOut = takeRows(reference, rowsFrom(100, 80))
    for (const [count, expected] of [
      [100, 0.47761194029850745],
      [80, 0.38666666666666666],
    ] as const) {
      const real = takeRows(reference, rowsFrom(0, count))
      const { nearer } = await measurePrivacy({ real, heldOut, synthetic }, { names, seed: 0 })
      expect(nearer.value).toBeCloseTo(expected, 12)
    }
  })

  test('rows that are too much alike are no copies', async () => {
    // A generator that draws the middle of the distribution too often is near to everything, and to no row in particular.
    const learned = mixedTable(20_000, 1)
    const many = mixedTable(6000, 3)
    const isMiddle = (row: number): boolean => Math.abs(many.columns[0]!.values[row] as number) < 0.3
    const synthetic = takeRows(many, rowsFrom(0, many.rowCount).filter(isMiddle))
    const privacy = await measured(learned, mixedTable(1000, 2), synthetic)
    expect(privacy.closest.synthetic.median).toBeLessThan(0.9 * privacy.closest.heldOut.median)
    expect(suspicions(privacy)).toEqual([])
  })

  test('words that only one training row has are told by their column, never by themselves', async () => {
    const withMail = (table: Table, of: (row: number) => string): Table => ({
      ...table,
      columns: [
        ...table.columns,
        words(
          'mail',
          Array.from({ length: table.rowCount }, (_, row) => of(row)),
        ),
      ],
    })
    const learned = withMail(mixedTable(2000, 1), (row) => `person${row}@example.org`)
    const heldOut = withMail(mixedTable(400, 2), (row) => `other${row}@example.org`)
    // Every second row gives an address out; the others have one of nobody.
    const given = withMail(
      mixedTable(1000, 3),
      (row) => `${row % 2 === 0 ? 'person' : 'nobody'}${row}@example.org`,
    )
    const privacy = await measured(learned, heldOut, given)
    expect(figureOf(privacy, 'single values')).toMatchObject({ value: 0.5, columns: ['mail'] })
    expect(figureOf(privacy, 'single values').floor.value).toBe(0)
    expect(marksOf(privacy)['single values']).toBe('poor')
    expect(JSON.stringify(privacy)).not.toContain('example.org')
    const kept = await measured(
      learned,
      heldOut,
      withMail(mixedTable(1000, 3), (row) => `nobody${row}@example.org`),
    )
    expect(figureOf(kept, 'single values')).toMatchObject({ value: 0, columns: [] })
    expect(marksOf(kept)['single values']).toBe('good')
  })

  test('is stopped by its signal', async () => {
    const given = { real: training, heldOut: training, synthetic: training }
    const controller = new AbortController()
    controller.abort()
    await expect(measurePrivacy(given, { names, seed: 0, signal: controller.signal })).rejects.toThrow(
      'abort',
    )
  })
})
