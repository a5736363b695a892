import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { type Column, type Table, takeRows } from '../data/index.ts'
import { associationsOf } from './associations.ts'
import { evaluateTables, type Tables } from './evaluate-tables.ts'
import { measureUtility, proposeTarget } from './utility.ts'

const names = ['x', 'y', 'g', 'c']

/** x normal, y = x + noise, g with a fifth of gaps, c a category that x decides in part. */
function mixed(count: number, seed: number): Table {
  const z = new RandomStream({ seed, name: 'mixed' }).normal({ first: 0, count, width: 4 })
  const at = (row: number, k: number): number => z[4 * row + k]!
  const number = (name: string, of: (row: number) => number): Column => ({
    kind: 'number',
    name,
    type: 'DOUBLE',
    decimals: 9,
    values: Float64Array.from({ length: count }, (_, row) => of(row)),
  })
  const words = Array.from({ length: count }, (_, row) =>
    at(row, 0) + at(row, 2) > 1 ? 'high' : at(row, 2) > 0.8 ? null : 'low',
  )
  return {
    rowCount: count,
    source: 'a test',
    columns: [
      number('x', (row) => at(row, 0)),
      number('y', (row) => at(row, 0) + 0.5 * at(row, 1)),
      number('g', (row) => (at(row, 3) > 0.84 ? Number.NaN : at(row, 1))),
      { kind: 'text', name: 'c', type: 'VARCHAR', values: words },
    ],
  }
}

const tables: Tables = { real: mixed(2000, 1), heldOut: mixed(1000, 2), synthetic: mixed(2000, 3) }

/** The table with one column changed. */
const changed = (table: Table, name: string, change: (column: Column) => Column): Table => ({
  ...table,
  columns: table.columns.map((column) => (column.name === name ? change(column) : column)),
})

describe('evaluateTables', () => {
  const { figures } = evaluateTables(tables, { names, seed: 0 })
  const figure = (name: string, of = figures): (typeof figures)[number] =>
    of.find((candidate) => candidate.name === name)!

  test('rows of the same distribution are at their floors', () => {
    expect(figure('classifier').low).toBeLessThan(0.5)
    expect(figure('classifier').high).toBeGreaterThan(0.5)
    for (const { name, value, floor, low, high } of figures)
      if (name !== 'classifier')
        expect(Math.abs(value - floor.value), name).toBeLessThan(2.5 * (high - low) + 1e-9)
  })

  test('the classifier judges as many real as synthetic rows, and by held-out rows alone', () => {
    const [all, heldOut] = ['classifier', 'classifier, held-out rows'].map((name) => figure(name))
    expect([all!.rows, heldOut!.rows]).toEqual([2000, 1000])
    expect(heldOut!.high - heldOut!.low).toBeGreaterThan(all!.high - all!.low)
    expect(heldOut!.low).toBeLessThan(0.5)
    expect(heldOut!.high).toBeGreaterThan(0.5)
  })

  test('every column has its figures: numbers, categories, and the gaps of numbers', () => {
    const of = (metric: string): (string | undefined)[] =>
      figures.filter((one) => one.metric === metric && one.column !== undefined).map(({ column }) => column)
    expect(of('kolmogorov-smirnov')).toEqual(['x', 'y', 'g'])
    expect(of('total-variation')).toEqual(['g (gaps)', 'c'])
  })

  test('a category drawn too often is found by its column, by just as much', () => {
    const synthetic = changed(
      tables.synthetic,
      'c',
      (column) =>
        ({
          ...column,
          kind: 'text',
          values: (column.values as (string | null)[]).map((word, row) =>
            word === 'low' && row % 5 === 0 ? 'high' : word,
          ),
        }) as Column,
    )
    const found = evaluateTables({ ...tables, synthetic }, { names, seed: 0 }).figures
    const low = (tables.synthetic.columns[3]!.values as (string | null)[]).filter(
      (word) => word === 'low',
    ).length
    const moved = low / 5 / 2000
    expect(Math.abs(figure('total-variation: c', found).value - moved)).toBeLessThan(0.03)
    expect(figure('total-variation: c', found).low).toBeGreaterThan(figure('total-variation: c').value)
    expect(figure('classifier', found).low).toBeGreaterThan(0.5)
  })

  test('gaps that are never drawn are found', () => {
    const synthetic = changed(
      tables.synthetic,
      'g',
      (column) =>
        ({
          ...column,
          values: (column.values as Float64Array).map((value) => (Number.isNaN(value) ? 0 : value)),
        }) as Column,
    )
    const found = evaluateTables({ ...tables, synthetic }, { names, seed: 0 }).figures
    expect(figure('total-variation: g (gaps)', found).value).toBeCloseTo(0.2, 1)
    expect(figure('classifier', found).low).toBeGreaterThan(0.55)
  })
})

describe('measureUtility', () => {
  test('rows of the same distribution teach the same', () => {
    for (const target of ['y', 'c']) {
      const utility = measureUtility(tables, { names, seed: 0, target })!
      expect(utility.real.value, target).toBeGreaterThan(target === 'y' ? 0.7 : 0.6)
      expect(Math.abs(utility.relativeDifference.value), target).toBeLessThan(0.06)
      expect(utility).toMatchObject({
        target,
        measure: target === 'y' ? 'R²' : 'area under the curve',
        chosenBy: 'request',
      })
    }
  })

  test('R² of y comes near the share of its variance that x explains', () => {
    // Var y = 1.25, of which x explains 1 and g, seen in four rows of five, most of the rest.
    const alone = measureUtility(tables, { names: ['x', 'y'], seed: 0, target: 'y' })!
    expect(alone.real.value).toBeGreaterThan(0.72)
    expect(alone.real.value).toBeLessThan(0.84)
  })

  test('a shuffled target teaches nothing', () => {
    const shuffled = changed(
      tables.synthetic,
      'y',
      (column) =>
        ({
          ...column,
          values: (column.values as Float64Array).slice().reverse(),
        }) as Column,
    )
    const utility = measureUtility({ ...tables, synthetic: shuffled }, { names, seed: 0, target: 'y' })!
    expect(utility.synthetic.value).toBeLessThan(0.1)
    expect(utility.relativeDifference.high).toBeLessThan(-0.8)
  })

  test('held-out rows that equal a training row are left out, unless they are most', () => {
    const withFirst = (count: number): Table => {
      const some = takeRows(
        tables.real,
        Int32Array.from({ length: count }, (_, row) => row),
      )
      return {
        ...tables.heldOut,
        rowCount: tables.heldOut.rowCount + count,
        columns: tables.heldOut.columns.map(
          (column, k) =>
            ({
              ...column,
              values:
                column.kind === 'number'
                  ? Float64Array.from([...column.values, ...(some.columns[k]!.values as Float64Array)])
                  : [...column.values, ...(some.columns[k]!.values as string[])],
            }) as Column,
        ),
      }
    }
    const asked = { names, seed: 0, target: 'y' }
    const alone = measureUtility(tables, asked)!
    const some = measureUtility({ ...tables, heldOut: withFirst(300) }, asked)!
    expect(some).toMatchObject({ heldOutRows: 1000, copiesLeftOut: 300 })
    expect(some.real.value).toBeCloseTo(alone.real.value, 9)
    const most = measureUtility({ ...tables, heldOut: withFirst(1100) }, asked)!
    expect(most).toMatchObject({ heldOutRows: 2100, copiesLeftOut: 0 })
  })

  test('copies of training rows that are not among the real rows given are left out, too', () => {
    const copies = Array.from({ length: 1000 }, (_, row) => row % 4 === 0)
    const utility = measureUtility(tables, { names, seed: 0, target: 'y', copies })!
    expect(utility).toMatchObject({ heldOutRows: 750, copiesLeftOut: 250 })
  })

  test('proposes a column that is named like a target, else the last', () => {
    expect(proposeTarget(['a', 'quality', 'b']).target).toBe('quality')
    expect(proposeTarget(['a', 'b']).target).toBe('b')
  })

  test('names the columns when the target is none', () => {
    expect(() => measureUtility(tables, { names, seed: 0, target: 'q' })).toThrow(
      expect.objectContaining({ code: 'usage/target' }),
    )
  })
})

describe('associationsOf', () => {
  const table = (columns: Column[]): Table => ({ rowCount: columns[0]!.values.length, columns, source: '' })
  const text = (name: string, values: (string | null)[]): Column => ({
    kind: 'text',
    name,
    type: 'VARCHAR',
    values,
  })
  const number = (name: string, values: number[]): Column => ({
    kind: 'number',
    name,
    type: 'DOUBLE',
    decimals: 0,
    values: Float64Array.from(values),
  })
  const between = (a: Column, b: Column): number => {
    const given = table([a, b])
    return associationsOf({ real: given, synthetic: given, names: [a.name, b.name] }).real[0]![1]!
  }

  test('Pearson of two numbers, by hand, with its sign', () => {
    expect(between(number('a', [1, 2, 3, 4]), number('b', [8, 6, 4, 2]))).toBeCloseTo(-1, 12)
    expect(between(number('a', [1, 2, 3, 4]), number('b', [1, 3, 2, 4]))).toBeCloseTo(0.8, 12)
  })

  test('η: groups at 0 and 2 about a mean of 1, each spread by 1', () => {
    const a = number('a', [-1, 1, 1, 3])
    // Between: 4·1; in all: 4 + 0 + 0 + 4 = 8.
    expect(between(a, text('b', ['p', 'p', 'q', 'q']))).toBeCloseTo(Math.sqrt(4 / 8), 12)
  })

  test("Cramér's V without its bias: 1 of a copy, 0 of independent columns, by hand between", () => {
    const a = Array.from({ length: 400 }, (_, i) => (i % 2 ? 'x' : 'y'))
    expect(between(text('a', a), text('b', a))).toBeCloseTo(1, 3)
    const independent = Array.from({ length: 400 }, (_, i) => (i % 4 < 2 ? 'u' : 'v'))
    expect(between(text('a', a), text('b', independent))).toBe(0)
    // 2×2 table 150, 50, 50, 150: χ²/n = 0.25; less 1/399, over 1 − 1/399.
    const some = Array.from({ length: 400 }, (_, i) => ((i < 200 ? i < 150 : i >= 350) ? 'u' : 'v'))
    const halves = Array.from({ length: 400 }, (_, i) => (i < 200 ? 'x' : 'y'))
    expect(between(text('a', halves), text('b', some))).toBeCloseTo(
      Math.sqrt((0.25 - 1 / 399) / (1 - 1 / 399)),
      10,
    )
  })
})
