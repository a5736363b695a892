import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { numbers, tableOf, text } from './fixtures.test-helper.ts'
import { contentHashes, mixed53, rowHashes } from './row-hash.ts'
import { type Column, rowKeys, type Table, takeRows } from './table.ts'

/** Few different cells, among them those that are easily mixed up. */
const number = fc.constantFrom(0, -0, 1, -1, 0.1, 0.1 + 2e-17, 1e21, 123456789, Number.NaN, 5e-324, 2 ** 53)
const word = fc.constantFrom(
  null,
  '',
  '0',
  '-0',
  '1',
  '01',
  '1.0',
  '-1',
  '1e21',
  '1e+21',
  'a',
  'A',
  'ab',
  'NaN',
)

function tableFrom(rows: readonly (readonly [number, string | null])[]): Table {
  return tableOf(
    numbers(
      'n',
      rows.map(([value]) => value),
    ),
    text(
      'w',
      rows.map(([, value]) => value),
    ),
  )
}

describe('rowHashes', () => {
  test('are equal exactly where the texts of the rows are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(number, word), { minLength: 1, maxLength: 40 }), (rows) => {
        const table = tableFrom(rows)
        const [hashes, keys] = [rowHashes(table), rowKeys(table)]
        for (let a = 0; a < rows.length; a++)
          for (let b = 0; b < a; b++) expect(hashes[a] === hashes[b]).toBe(keys[a] === keys[b])
      }),
    )
  })

  test('a number and the word that it is written as are the same cell', () => {
    const values = [0, 1, -1, 0.1, 1e21, 1e-7, -2.5, 123_456_789_012]
    const asNumbers = rowHashes(tableOf(numbers('x', values)))
    expect(rowHashes(tableOf(text('x', values.map(String))))).toEqual(asNumbers)
  })

  test('go with the row and with the name of its column, not with where either stands', () => {
    const table = tableOf(numbers('a', [1, 2, 3]), numbers('b', [2, 1, 3]), text('c', ['x', 'y', 'z']))
    const [one, two, three] = rowHashes(table)
    const turned = { ...table, columns: [...table.columns].reverse() }
    expect([...rowHashes(takeRows(turned, Int32Array.of(2, 0, 1)))]).toEqual([three, one, two])
    const exchanged = rowHashes(tableOf(numbers('b', [1]), numbers('a', [2]), text('c', ['x'])))
    expect(exchanged[0]).not.toBe(one)
  })

  test('only the columns that are named count', () => {
    const table = tableOf(numbers('a', [1, 1]), numbers('b', [2, 3]))
    const [first, second] = rowHashes(table, ['a'])
    expect(first).toBe(second)
    expect(rowHashes(table)[0]).not.toBe(rowHashes(table)[1])
    expect(() => rowHashes(table, ['a', 'c'])).toThrow(
      expect.objectContaining({ code: 'data/missing-column' }),
    )
  })

  test('half a million rows of a grid, of words that count on, and of few decimals never meet', () => {
    const count = 500_000
    const grid = Float64Array.from({ length: count }, (_, row) => row % 1000)
    const steps = Float64Array.from({ length: count }, (_, row) => Math.floor(row / 1000) / 100)
    const names = Array.from({ length: count }, (_, row) => `user ${row}`)
    const distinct = (columns: readonly { name: string; cells: Float64Array | string[] }[]): number =>
      new Set(contentHashes(columns, count).rows).size
    // By chance two of them share a hash with probability n²/2 · 2⁻⁵³ = 1.4e−5.
    expect(
      distinct([
        { name: 'a', cells: grid },
        { name: 'b', cells: steps },
      ]),
    ).toBe(count)
    expect(distinct([{ name: 'a', cells: names }])).toBe(count)
  })

  test('are spread evenly, also in their lowest digits, and a seed spreads them anew', () => {
    const count = 64_000
    const hashes = rowHashes(
      tableOf(
        numbers(
          'x',
          Array.from({ length: count }, (_, row) => row),
        ),
      ),
    )
    const salted = hashes.map((hash) => mixed53(hash % 2 ** 32, Math.floor(hash / 2 ** 32), [7, 9]))
    const high = (hash: number): number => Math.floor(hash / 2 ** 47)
    const low = (hash: number): number => hash % 64
    // χ² of 63 degrees of freedom: mean 63, standard deviation 11.2; five of those.
    for (const values of [hashes, salted])
      for (const bin of [high, low]) {
        const counts = new Float64Array(64)
        for (const hash of values) counts[bin(hash)]!++
        const chi = counts.reduce((sum, found) => sum + (found - 1000) ** 2 / 1000, 0)
        expect(chi).toBeGreaterThan(20)
        expect(chi).toBeLessThan(119)
      }
    // Independent of the unsalted ones: of the lowest tenth by one, a tenth is lowest by the other, ± 24.
    const limit = 2 ** 53 / 10
    const both = hashes.filter((hash, row) => hash < limit && salted[row]! < limit).length
    expect(Math.abs(both - 640)).toBeLessThan(125)
  })
})

describe('the sums of columns', () => {
  const count = 300
  const z = new RandomStream({ seed: 2, name: 'cells' }).normal({ first: 0, count, width: 3 })
  const columns = [0, 1, 2].map(
    (k): Column =>
      numbers(
        `x${k}`,
        Array.from({ length: count }, (_, row) => z[3 * row + k]!),
      ),
  )
  const hashesOf = (from: readonly Column[]): ReturnType<typeof contentHashes> =>
    contentHashes(
      from.map(({ name, values }) => ({ name, cells: values })),
      count,
    )

  test('know nothing of the order of the rows', () => {
    const order = Int32Array.from(
      new RandomStream({ seed: 3, name: 'order' }).permutation({ index: 0, size: count }),
    )
    const { columns: shuffled } = takeRows(tableOf(...columns), order)
    expect(hashesOf(shuffled).columns).toEqual(hashesOf(columns).columns)
  })

  test('tell the column of one changed cell', () => {
    const changed = columns.map((column, k) =>
      k === 1 && column.kind === 'number'
        ? { ...column, values: column.values.with(17, column.values[17]! + 1e-12) }
        : column,
    )
    const differs = hashesOf(changed).columns.map(
      (sum, k) => String(sum) !== String(hashesOf(columns).columns[k]),
    )
    expect(differs).toEqual([false, true, false])
  })
})
