import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { type Contents, contentChanges, contentsOf } from './contents.ts'
import { numbers, tableOf, text } from './table/fixtures.test-helper.ts'
import { contentHashes, tableHashes } from './table/row-hash.ts'
import { type Column, type Table, takeRows } from './table/table.ts'

const count = 3000
const z = new RandomStream({ seed: 1, name: 'cells' }).normal({ first: 0, count, width: 2 })
const table = tableOf(
  numbers(
    'a',
    Array.from({ length: count }, (_, row) => z[2 * row]!),
  ),
  numbers(
    'b',
    Array.from({ length: count }, (_, row) => Math.round(2 * z[2 * row + 1]!)),
  ),
  text(
    'c',
    Array.from({ length: count }, (_, row) => (row % 7 ? `w${row % 5}` : null)),
  ),
)
const names = ['a', 'b', 'c']
const of = (rows: Table): Contents => contentsOf(names, tableHashes(rows, names))
const rowsFrom = (order: Iterable<number>): Table => takeRows(table, Int32Array.from(order))

/** The table with column k set anew in some rows. */
function changed(k: number, rows: readonly number[]): Table {
  const columns = table.columns.map((column, at): Column => {
    if (at !== k) return column
    if (column.kind === 'text')
      return { ...column, values: column.values.map((word, row) => (rows.includes(row) ? 'new' : word)) }
    return { ...column, values: column.values.map((value, row) => (rows.includes(row) ? value + 7 : value)) }
  })
  return { ...table, columns }
}

describe('contents', () => {
  test('of the same rows in another order are the same', () => {
    const order = new RandomStream({ seed: 2, name: 'order' }).permutation({ index: 0, size: count })
    expect(of(rowsFrom(order))).toEqual(of(table))
    expect(contentChanges(of(table), of(rowsFrom(order)))).toBeUndefined()
  })

  test.each([0, 1, 2])('one changed cell is told with its column, %i', (k) => {
    expect(contentChanges(of(table), of(changed(k, [1234])))).toEqual({
      missing: [],
      columns: [names[k]],
      rowCount: { before: count, now: count },
      rows: 1,
    })
  })

  test('about how many rows changed', () => {
    for (const many of [5, 20, 100]) {
      const rows = Array.from({ length: many }, (_, i) => 29 * i)
      // Linear counting in 256 buckets, of which 2 · many are hit: its standard error is below 8 %.
      const { rows: found } = contentChanges(of(table), of(changed(0, rows)))!
      expect(Math.abs(found! - many)).toBeLessThanOrEqual(0.25 * many)
    }
    const all = contentChanges(
      of(table),
      of(
        changed(
          0,
          Array.from({ length: count }, (_, row) => row),
        ),
      ),
    )!
    expect(all).not.toHaveProperty('rows')
  })

  test('rows that came or went are counted, and are not taken for changed ones', () => {
    const shorter = contentChanges(
      of(table),
      of(rowsFrom(Array.from({ length: count - 20 }, (_, row) => row + 20))),
    )!
    expect(shorter.rowCount).toEqual({ before: count, now: count - 20 })
    expect(shorter.rows).toBeLessThan(4)
  })

  test('a row in the place of its twin, with columns all the same, is seen', () => {
    // 'a' and 'c' exchanged between two rows: each column has the same values, the rows are others.
    const [first, second] = [10, 11]
    const columns = table.columns.map((column): Column => {
      if (column.kind === 'text' || column.name !== 'a') return column
      const values = column.values.slice()
      ;[values[first], values[second]] = [values[second]!, values[first]!]
      return { ...column, values }
    })
    const changes = contentChanges(of(table), of({ ...table, columns }))!
    expect(changes.columns).toEqual([])
    expect(changes.rows).toBe(2)
  })

  test('a column that is gone is named', () => {
    const left = contentsOf(['a', 'c'], tableHashes(table, ['a', 'c']))
    expect(contentChanges(of(table), left)).toMatchObject({ missing: ['b'], columns: [] })
  })

  test('no bucket holds fewer than eight rows on average, so that no row can be looked up', () => {
    for (const rows of [1, 7, 15, 16, 100, 2047, 2048, 3000]) {
      const cells = Float64Array.from({ length: rows }, (_, row) => row)
      const buckets = contentsOf(['x'], contentHashes([{ name: 'x', cells }], rows)).rows.length / 8
      expect(buckets).toBe(rows < 16 ? 1 : rows === 16 ? 2 : rows === 100 ? 8 : rows === 2047 ? 128 : 256)
    }
  })

  test('tables of so different sizes that their buckets differ can be compared', () => {
    const few = of(rowsFrom(Array.from({ length: 100 }, (_, row) => row)))
    const more = of(rowsFrom(Array.from({ length: 130 }, (_, row) => row)))
    expect(few.rows.length).not.toBe(more.rows.length)
    expect(contentChanges(few, more)!.rowCount).toEqual({ before: 100, now: 130 })
    expect(contentChanges(more, few)!.columns).toEqual(names)
  })
})
