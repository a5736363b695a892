import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { findRules } from '../rules/index.ts'
import { type Column, columnWords, type Table } from '../table.ts'
import type { ColumnWish } from './fit-column.ts'
import { TableEncoding } from './table-encoding.ts'
import { usualColumns } from './usual-columns.test-helper.ts'

const rows = 400
const each = <T>(of: (i: number) => T): T[] => Array.from({ length: rows }, (_, i) => of(i))
const uniform = new RandomStream({ seed: 8, name: 'values' }).uniform({ first: 0, count: rows, width: 1 })

/** One column of each kind, with a wish where the kind is not chosen by itself. */
const columns: readonly (readonly [Column, ColumnWish?])[] = [
  ...usualColumns(rows).map((column) => [column] as const),
  [
    numbers(
      'single',
      each((i) => Math.fround(Math.sin(i))),
      'FLOAT',
    ),
  ],
  [
    numbers(
      'whole',
      each((i) => (i * 7) % 53),
      'BIGINT',
    ),
  ],
  [
    numbers(
      'tenths',
      each((i) => ((i * 37) % 301) / 10),
    ),
  ],
  [
    numbers(
      'euros and cents',
      each((i) => (i % 2 ? i % 40 : Math.round(4000 * uniform[i]!) / 100)),
    ),
  ],
  [
    numbers(
      'a few of more digits',
      each((i) => (i === 7 ? 9.53333 : (i % 90) / 10)),
    ),
  ],
  [
    numbers(
      'mass',
      each((i) => (i % 3 ? 0 : 5 + uniform[i]!)),
    ),
  ],
  [
    numbers(
      'fixed sums',
      each((i) => (i % 5 ? 0 : [250, 1999, 15_024][i % 3]!)),
    ),
  ],
  [
    numbers(
      'cells',
      each((i) => [1, 2, 40][i % 3]! / 10),
    ),
    { encoder: 'value-cells' },
  ],
  [
    numbers(
      'bell',
      each((i) => (i * 7) % 53),
    ),
    { encoder: 'quantile-normal' },
  ],
  [
    numbers(
      'grades',
      each((i) => 1 + (i % 6)),
    ),
    { as: 'category' },
  ],
  [
    text(
      'rare',
      each((i) => (i === 9 ? 'Lonelyville' : ['A', 'B', 'C'][i % 3]!)),
    ),
  ],
  [
    text(
      'many',
      each((i) => `w${i % 90}`),
    ),
  ],
]

const other = numbers(
  'x',
  each((i) => Math.cos(i)),
)

/** Rows of codes that no training gives, far out on all sides. */
function decodedFrom(encoding: TableEncoding): Table {
  const count = 6000
  const codes = new RandomStream({ seed: 2, name: 'codes' }).normal({
    first: 0,
    count,
    width: encoding.width,
  })
  return encoding.decode(
    codes.map((z, i) => z * (i % 3 ? 1 : 6)),
    count,
  )
}

function expectAmong(encoding: TableEncoding, name: string): void {
  const outcomes = encoding.outcomes(name)!
  const column = decodedFrom(encoding).columns.find((one) => one.name === name)!
  if (outcomes.kind === 'values') {
    const known = new Set(columnWords(outcomes.column))
    expect([...new Set(columnWords(column))].filter((word) => !known.has(word))).toEqual([])
    return
  }
  if (outcomes.kind !== 'range') throw new Error('nothing is invented here')
  const [low, high] = outcomes.column.values as Float64Array
  const values = column.values as Float64Array
  expect(values.some(Number.isNaN)).toBe(outcomes.gaps)
  for (const value of values) if (!Number.isNaN(value)) expect(value >= low! && value <= high!).toBe(true)
}

describe('what can come out of a column', () => {
  test.each(columns.map(([column, wish]) => [column.name, column, wish] as const))(
    'holds all that comes out: %s',
    (name, column, wish) => {
      const table = tableOf(column, other)
      const { encoding } = TableEncoding.fit({ table, ...(wish ? { columns: { [name]: wish } } : {}) })
      expectAmong(encoding, name)
      expectAmong(TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding))), name)
    },
  )

  test('is the words, the numbers of a grid, or a range; a gap only where there are gaps', () => {
    const table = tableOf(...columns.map(([column]) => column), other)
    const { encoding } = TableEncoding.fit({ table })
    const words = (name: string): (string | null)[] => {
      const outcomes = encoding.outcomes(name)!
      return outcomes.kind === 'values' ? [...columnWords(outcomes.column)].sort() : [outcomes.kind]
    }
    expect(words('word')).toEqual(['green', 'red', null].sort())
    expect(words('real')).toEqual(['range'])
    expect(words('whole').length).toBe(53)
    expect(words('one')).toEqual(['x'])
    expect(words('nothing')).toEqual([null])
    expect(encoding.outcomes('nobody')).toBe(undefined)
  })

  test('names no word that too few rows have', () => {
    const { encoding } = TableEncoding.fit({
      table: tableOf(columns.find(([{ name }]) => name === 'rare')![0], other),
    })
    const outcomes = encoding.outcomes('rare')!
    expect(outcomes).toMatchObject({ kind: 'values', hidesRareWords: true })
    expect(JSON.stringify(outcomes)).not.toMatch(/Lonelyville|\(rare\)/)
  })

  test('is told apart from what is invented', () => {
    const mail = text(
      'mail',
      each((i) => `u${i}@firm.test`),
    )
    const id = text(
      'id',
      each((i) => `A-${1000 + i}`),
    )
    const { encoding } = TableEncoding.fit({ table: tableOf(mail, id, other) })
    expect(encoding.outcomes('mail')).toEqual({ kind: 'invented', what: 'e-mail addresses' })
    expect(encoding.outcomes('id')).toMatchObject({ kind: 'invented' })
  })

  test('of a column that another one determines is what that one makes of it', () => {
    const size = numbers(
      'size',
      each((i) => 1 + (i % 5)),
    )
    const double = numbers(
      'double',
      each((i) => 2 + 2 * (i % 5)),
    )
    const table = tableOf(size, double, other)
    const { encoding } = TableEncoding.fit({ table, rules: findRules(table) })
    const determined = encoding.columns.find(({ computed }) => computed)!.name
    const outcomes = encoding.outcomes(determined)!
    expect(
      outcomes.kind === 'values' && [...outcomes.column.values].sort((a, b) => Number(a) - Number(b)),
    ).toEqual(determined === 'double' ? [2, 4, 6, 8, 10] : [1, 2, 3, 4, 5])
    expectAmong(encoding, determined)
  })

  test('is not claimed of columns that an order or a calendar may change', () => {
    const low = numbers(
      'low',
      each((i) => i % 20),
    )
    const high = numbers(
      'high',
      each((i) => (i % 20) + ((i * 7) % 30)),
    )
    const table = tableOf(low, high, other)
    const rules = findRules(table).filter(({ kind }) => kind === 'order')
    expect(rules.length).toBeGreaterThan(0)
    const { encoding } = TableEncoding.fit({ table, rules })
    expect(encoding.outcomes('low')).toBe(undefined)
    expect(encoding.outcomes('high')).toBe(undefined)
  })
})
