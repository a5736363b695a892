import { describe, expect, it, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type Column, type Table, takeRows } from '../../data/index.ts'
import type { TableMetric, TablePair } from '../table-metric.ts'
import { tableMetrics } from '../table-metrics.ts'
import { alphaPrecision } from './alpha-precision.ts'
import { betaRecall } from './beta-recall.ts'
import { c2st, foldAreas } from './c2st.ts'
import { fixture } from './fixture.test-helper.ts'
import { pairedColumns } from './paired-columns.ts'
import { shapeError } from './shape.ts'
import { trendError } from './trend.ts'

const figureOf = (metric: TableMetric, pair: TablePair): number => metric.measure(pair)[0]!.value

function number(name: string, values: ArrayLike<number>): Column {
  return { kind: 'number', name, type: 'DOUBLE', decimals: 9, values: Float64Array.from(values) }
}
function text(name: string, values: readonly (string | null)[]): Column {
  return { kind: 'text', name, type: 'VARCHAR', values }
}
function tableOf(...columns: Column[]): Table {
  return { rowCount: columns[0]!.values.length, columns, source: 'a test' }
}
function pairOf(reference: Table, candidate: Table, seed = 1): TablePair {
  return { reference, candidate, names: reference.columns.map(({ name }) => name), seed }
}

describe('values that an independent computation gives', () => {
  // bench/peers/published.py on the fixture: pandas 1.5, scikit-learn 1.2, written by the definitions.
  test('Shape, Trend, α-precision, β-recall', () => {
    expect(figureOf(shapeError, fixture)).toBeCloseTo(21.11111111111111, 10)
    expect(figureOf(trendError, fixture)).toBeCloseTo(26.52432603758987, 10)
    expect(figureOf(alphaPrecision, fixture)).toBeCloseTo(0.5515555555555556, 10)
    expect(figureOf(betaRecall, fixture)).toBeCloseTo(0.3707407407407408, 10)
  })
  test('areas of the three folds of C2ST', () => {
    const folds = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, row) => row % 3)
    const areas = foldAreas(pairedColumns(fixture), { reference: folds(180), candidate: folds(150) })
    ;[0.7826666666666666, 0.8463333333333334, 0.7783333333333333].forEach((expected, fold) => {
      expect(areas[fold]).toBeCloseTo(expected, 10)
    })
  })
})

describe('exact cases', () => {
  const same = pairOf(fixture.reference, fixture.reference)
  const words = Array.from({ length: 60 }, (_, row) => `w${row % 3}`)
  const numbers = Array.from({ length: 60 }, (_, row) => row % 7)
  const real = tableOf(text('w', words), text('v', words), number('x', numbers))
  const apart = pairOf(
    real,
    tableOf(
      text(
        'w',
        words.map((word) => `${word}!`),
      ),
      text(
        'v',
        words.map((word) => `${word}!`),
      ),
      number(
        'x',
        numbers.map((x) => x + 100),
      ),
    ),
  )
  test('a table against itself', () => {
    expect(figureOf(shapeError, same)).toBe(0)
    expect(figureOf(trendError, same)).toBeCloseTo(0, 12)
    expect(figureOf(alphaPrecision, same)).toBeCloseTo(1, 1)
    // Every real row has a copy at distance 0.
    expect(figureOf(betaRecall, same)).toBeGreaterThan(0.97)
  })
  test('tables with nothing in common', () => {
    expect(figureOf(shapeError, apart)).toBeCloseTo(100, 12)
    expect(figureOf(trendError, apart)).toBeCloseTo(100, 12)
    expect(figureOf(c2st, apart)).toBe(0)
    // All made rows are beyond all radii: the curve is 0.
    expect(figureOf(alphaPrecision, apart)).toBe(0)
    expect(figureOf(betaRecall, apart)).toBe(0)
  })
  test('gaps are values', () => {
    const values = Array.from({ length: 100 }, (_, row) => row)
    const gappy = (name: string, every: number): Column =>
      number(
        name,
        values.map((x) => (x % every === 0 ? Number.NaN : 50)),
      )
    // A half and a fifth of gaps among equal values; a fifth and a half of words.
    const pair = pairOf(tableOf(gappy('x', 2)), tableOf(gappy('x', 5)))
    expect(figureOf(shapeError, pair)).toBeCloseTo(30, 10)
    const gapped = (every: number): Column =>
      text(
        'w',
        values.map((x) => (x % every === 0 ? null : 'word')),
      )
    expect(figureOf(shapeError, pairOf(tableOf(gapped(2)), tableOf(gapped(5))))).toBeCloseTo(30, 10)
    const both = pairOf(tableOf(gappy('x', 2), gapped(2)), tableOf(gappy('x', 5), gapped(5)))
    expect(figureOf(trendError, both)).toBeCloseTo(30, 10)
    expect(figureOf(c2st, both)).toBeLessThan(0.8)
  })
  test('half the difference of correlations', () => {
    const z = new RandomStream({ seed: 1, name: 'test/z' }).normal({ first: 0, count: 200, width: 1 })
    const up = tableOf(number('x', z), number('y', z))
    const down = tableOf(
      number('x', z),
      number(
        'y',
        z.map((value) => 3 - 2 * value),
      ),
    )
    expect(figureOf(trendError, pairOf(up, down))).toBeCloseTo(100, 8)
    expect(trendError.measure(pairOf(tableOf(number('x', z)), tableOf(number('x', z))))).toEqual([])
  })
})

/** Two correlated numbers, one of them with gaps, and a word that depends on them. */
function drawn(count: number, seed: number, change = 0): Table {
  const z = new RandomStream({ seed, name: 'test/drawn' }).normal({ first: 0, count, width: 4 })
  const at = (row: number, k: number): number => z[4 * row + k]!
  const rows = Array.from({ length: count }, (_, row) => row)
  return tableOf(
    number(
      'x',
      rows.map((row) => at(row, 0) + change),
    ),
    number(
      'y',
      rows.map((row) => (at(row, 3) > 1.2 + change ? Number.NaN : (1 - change) * at(row, 0) + at(row, 1))),
    ),
    text(
      'w',
      rows.map((row) => (at(row, 0) + at(row, 2) > 0.5 - change ? 'high' : at(row, 2) > 0 ? null : 'low')),
    ),
  )
}

describe.each(tableMetrics.map((metric) => [metric.name, metric] as const))('%s', (_, metric) => {
  const pair = pairOf(drawn(400, 1), drawn(400, 2), 5)
  it('is the same on a second run, and has its value inside an interval inside its range', () => {
    const figures = metric.measure(pair)
    expect(figures).toHaveLength(1)
    expect(metric.measure({ ...pair })).toEqual(figures)
    const { value, low, high } = figures[0]!
    expect(low).toBeLessThanOrEqual(value)
    expect(value).toBeLessThanOrEqual(high)
    expect(high - low).toBeGreaterThan(0)
    expect(low).toBeGreaterThanOrEqual(metric.range[0])
    expect(high).toBeLessThanOrEqual(metric.range[1])
  })
  // The folds of C2ST go by place.
  if (metric !== c2st)
    it('does not depend on the order of rows', () => {
      const permuted = (table: Table, index: number): Table =>
        takeRows(
          table,
          Int32Array.from(
            new RandomStream({ seed: 1, name: 'test/order' }).permutation({ index, size: table.rowCount }),
          ),
        )
      const again = pairOf(permuted(pair.reference, 0), permuted(pair.candidate, 1))
      expect(figureOf(metric, again)).toBeCloseTo(figureOf(metric, pair), 8)
    })
  it('does not depend on the unit of a column', () => {
    const moved = (table: Table): Table => ({
      ...table,
      columns: table.columns.map((column) =>
        column.kind === 'number' ? { ...column, values: column.values.map((x) => 1024 * x - 4096) } : column,
      ),
    })
    expect(figureOf(metric, pairOf(moved(pair.reference), moved(pair.candidate), 5))).toBeCloseTo(
      figureOf(metric, pair),
      6,
    )
  })
  it('gets worse as rows do', () => {
    const values = [0, 0.4, 0.9].map((change) =>
      figureOf(metric, pairOf(pair.reference, drawn(400, 2, change))),
    )
    const sign = metric.better === 'lower' ? 1 : -1
    expect(sign * (values[1]! - values[0]!)).toBeGreaterThan(0)
    expect(sign * (values[2]! - values[1]!)).toBeGreaterThan(0)
  })
})
