import { describe, expect, test } from 'vitest'
import { normalQuantile } from '../../../base/index.ts'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { inspectTable } from './inspect.ts'

const rows = 400
const each = <T>(of: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => of(row))
/** A normal quantile for each row, in a mixed order. */
const normal = (row: number): number => normalQuantile((((row * 37) % rows) + 0.5) / rows)

const table = tableOf(
  numbers(
    'height',
    each((row) => Math.round(1e4 * (170 + 8 * normal(row))) / 1e4),
  ),
  numbers(
    'age',
    each((row) => Math.round(45 + 12 * normal(row))),
  ),
  numbers(
    'gain',
    each((row) => (row % 10 ? 0 : 7688 + 100 * (row % 7))),
  ),
  numbers(
    'price',
    each((row) => Math.min(500_001, Math.round(300_000 + 120_000 * normal(row)))),
  ),
  numbers(
    'income',
    each((row) => Math.round(1000 * Math.exp(1.5 * normal(row))) / 10),
  ),
  text(
    'colour',
    each((row) => (row % 9 === 8 ? null : ['red', 'green', 'blue'][row % 3]!)),
  ),
  text(
    'member',
    each((row) => (row % 4 ? 'yes' : 'no')),
  ),
  {
    ...numbers(
      'born',
      each((row) => 10_000 + row * 3),
    ),
    calendar: { unit: 'date', format: '%d.%m.%Y' },
  },
  text(
    'code',
    each((row) => `K${1000 + row}`),
  ),
  numbers(
    'same',
    each(() => 4),
  ),
  text(
    'remark',
    each((row) => `this is what the ${row} said of it`),
  ),
  numbers(
    'nothing',
    each(() => Number.NaN),
  ),
  numbers(
    'height in m',
    each((row) => Math.round(1e4 * (170 + 8 * normal(row))) / 1e6),
  ),
)
const { columns, suggestions, duplicateRows } = inspectTable(table)
const of = (name: string): (typeof columns)[number] => columns.find((column) => column.name === name)!

describe('inspectTable', () => {
  test.each([
    ['height', 'continuous', /4 decimals/],
    ['age', 'integer', /whole numbers/],
    ['gain', 'tied', /90\.0 % of its values are 0/],
    ['price', 'bounded', /are 500001, its largest/],
    ['income', 'long-tailed', /skewness/],
    ['colour', 'categorical', /3 different words/],
    ['member', 'boolean', /2 different words/],
    ['born', 'date', /written as %d\.%m\.%Y/],
    ['code', 'identifier', /nearly all of its words/],
    ['same', 'constant', /one value in every row/],
    ['remark', 'free text', /words a cell/],
    ['nothing', 'empty', /no value in any row/],
  ])('%s is %s', (name, verdict, reason) => {
    expect(of(name).verdict).toBe(verdict)
    expect(of(name).reason).toMatch(reason)
  })

  test('counts gaps and values, and tells ranges and the most frequent words', () => {
    expect(of('colour')).toMatchObject({ gaps: 44, distinct: 3 })
    expect(of('nothing')).toMatchObject({ gaps: rows, distinct: 0, values: '' })
    expect(of('gain').values).toBe('0 to 8288')
    expect(of('member').values).toBe('yes 75 %, no 25 %')
    expect(of('code').encoder).toBeUndefined()
    expect(of('colour').encoder).toMatch(/^simplex, 3 numbers/)
  })

  test('suggests what can be done', () => {
    expect(duplicateRows).toBe(0)
    expect(suggestions).toEqual([
      expect.stringMatching(/'height' and 'height in m' are nearly the same column/),
    ])
    const doubled = tableOf(numbers('a', [1, 2, 2]), text('b', ['x', 'y', 'y']))
    const found = inspectTable(doubled)
    expect(found.duplicateRows).toBe(1)
    expect(found.suggestions.join(' ')).toMatch(/3 rows are few.*1 rows repeat/)
  })
})
