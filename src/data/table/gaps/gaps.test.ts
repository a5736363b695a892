import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import { TableEncoding } from '../encoding/table-encoding.ts'
import { tableOfObjects } from '../objects.ts'
import type { Rule } from '../rules/index.ts'
import { isGap, type Table } from '../table.ts'
import { knownCells } from './known-cells.ts'
import { solveGaps } from './solve-gaps.ts'

const count = 60
const u = new RandomStream({ seed: 1, name: 'cells' }).uniform({ first: 0, count, width: 12 })
const words = ['ash', 'oak', 'yew']
const full = tableOfObjects(
  Array.from({ length: count }, (_, i) => {
    const [a, b] = [1 + Math.floor(50 * u[12 * i]!), 1 + Math.floor(50 * u[12 * i + 1]!)]
    const word = words[i % 3]!
    return { a, b, sum: a + b, half: a / 2, area: 3 * a * b, word, code: words.indexOf(word) }
  }),
).table
const rules: Rule[] = [
  { kind: 'sum', columns: ['a', 'b', 'sum'], decimals: 0 },
  { kind: 'linear', columns: ['a', 'half'], factor: 0.5, offset: 0, decimals: 1 },
  { kind: 'product', columns: ['a', 'b', 'area'], powers: [1, 1], factor: 3, decimals: 0 },
  { kind: 'decides', columns: ['word', 'code'], values: words.map((word, k) => [word, String(k)] as const) },
]

/** The table with these cells empty. */
function without(table: Table, empty: (name: string, row: number) => boolean): Table {
  return {
    ...table,
    columns: table.columns.map((column) =>
      column.kind === 'text'
        ? { ...column, values: column.values.map((value, row) => (empty(column.name, row) ? null : value)) }
        : {
            ...column,
            values: column.values.map((value, row) => (empty(column.name, row) ? Number.NaN : value)),
          },
    ),
  }
}

describe('gaps that rules determine', () => {
  it.each(full.columns.map(({ name }) => name))(
    '%s comes back from the others, whichever way a rule goes',
    (name) => {
      const { table, filled } = solveGaps(
        without(full, (column) => column === name),
        rules,
      )
      expect(filled).toBe(count)
      expect(table.columns).toEqual(full.columns)
    },
  )

  it('what is filled is right, and what no rule says stays', () => {
    const gappy = without(
      full,
      (name, row) => u[12 * row + full.columns.findIndex((c) => c.name === name) + 2]! < 0.4,
    )
    const { table, filled } = solveGaps(gappy, rules)
    expect(filled).toBeGreaterThan(30)
    let open = 0
    table.columns.forEach((column, c) => {
      for (let row = 0; row < count; row++)
        if (isGap(column, row)) open++
        else expect(column.values[row]).toBe(full.columns[c]!.values[row])
    })
    expect(open).toBeGreaterThan(0)
  })

  it('a word that several deciders have is left open', () => {
    const twice: Rule = {
      kind: 'decides',
      columns: ['word', 'code'],
      values: [
        ['ash', '0'],
        ['oak', '0'],
        ['yew', '2'],
      ],
    }
    const given = tableOfObjects([
      { word: null, code: 0 },
      { word: null, code: 2 },
      { word: 'ash', code: null },
    ]).table
    const [word, code] = solveGaps(given, [twice]).table.columns
    expect(word!.values).toEqual([null, 'yew', 'ash'])
    expect(code!.values).toEqual(Float64Array.of(0, 2, 0))
  })
})

describe('the codes of rows with gaps', () => {
  const rows = Array.from({ length: 80 }, (_, i) => ({
    size: u[i]! * 10,
    kind: i % 7 === 0 ? null : words[i % 3]!,
    day: `2024-0${1 + (i % 9)}-1${i % 10}`,
  }))
  const { encoding } = TableEncoding.fit({ table: tableOfObjects(rows).table })

  it('are those of the whole row where a cell is known, and marked where it is not', () => {
    const whole = { size: 3.25, kind: 'oak', day: '2024-03-12' }
    const given = tableOfObjects([
      whole,
      { ...whole, size: null },
      { ...whole, kind: null },
      { ...whole, kind: 'elm' },
      { size: null, kind: null, day: null },
    ]).table
    const cells = knownCells(encoding, given)
    expect([...cells.rows]).toEqual([1, 2, 4])
    expect(cells.strange).toEqual([{ column: 'kind', words: ['elm'], rows: 1 }])
    const places = Int32Array.of(0, 1, 2)
    const codes = cells.codes({ places, seed: 5, first: 0 })
    const complete = encoding.encode(tableOfObjects([whole, whole, whole]).table, {
      dequantiseSeed: 5,
      first: 0,
    })
    const width = encoding.width
    encoding.columns.forEach(({ name }) => {
      const { offset, width: own } = encoding.columnRange(name)!
      places.forEach((place) => {
        const isKnown = place === 0 ? name !== 'size' : place === 1 ? name !== 'kind' : false
        for (let k = place * width + offset; k < place * width + offset + own; k++) {
          expect(codes[k]).toBe(isKnown ? complete[k] : Number.NaN)
        }
      })
    })
  })
})
