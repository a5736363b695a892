import { expect, test } from 'vitest'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import type { Table } from '../table.ts'
import { TableEncoding } from './table-encoding.ts'
import { findDayColumns, withValidDays } from './valid-days.ts'

/** All days of four years, one of them a leap year. */
const days = Array.from({ length: 1461 }, (_, i) => new Date(Date.UTC(2021, 0, 1 + i)))
const year = days.map((at) => at.getUTCFullYear())
const month = days.map((at) => at.getUTCMonth() + 1)
const day = days.map((at) => at.getUTCDate())
const monthNames = days.map((at) =>
  at.toLocaleString('en', { month: 'short', timeZone: 'UTC' }).toLowerCase(),
)
const padded = (of: readonly number[]): string[] => of.map((value) => String(value).padStart(2, '0'))

const exists = (y: number, m: number, d: number): boolean =>
  new Date(Date.UTC(y, m - 1, d)).getUTCDate() === d

test.each<[string, Table, object[]]>([
  [
    'plain',
    tableOf(numbers('year', year), numbers('month', month), numbers('day', day)),
    [{ year: 'year', month: 'month', day: 'day' }],
  ],
  [
    'with a word in common',
    tableOf(numbers('birth_year', year), numbers('birth_month', month), numbers('birth_day', day)),
    [{ year: 'birth_year', month: 'birth_month', day: 'birth_day' }],
  ],
  [
    'flights',
    tableOf(
      numbers('Year', year),
      numbers('Month', month),
      numbers('DayofMonth', day),
      numbers(
        'DayOfWeek',
        day.map((d) => d % 7),
      ),
    ),
    [{ year: 'Year', month: 'Month', day: 'DayofMonth' }],
  ],
  [
    'names of months, no year',
    tableOf(text('month', monthNames), numbers('day', day)),
    [{ month: 'month', day: 'day' }],
  ],
  [
    'codes',
    tableOf(numbers('Jahr', year), text('Monat', padded(month)), text('Tag', padded(day))),
    [{ year: 'Jahr', month: 'Monat', day: 'Tag' }],
  ],
  [
    'not all days exist',
    tableOf(
      numbers('year', year),
      numbers('month', month),
      numbers(
        'day',
        day.map(() => 31),
      ),
    ),
    [],
  ],
  [
    'days of any month',
    tableOf(
      numbers('year', year),
      numbers('month', month),
      numbers(
        'day',
        day.map((d) => Math.min(d, 28)),
      ),
    ),
    [],
  ],
  ['other columns', tableOf(numbers('holiday', day), numbers('monthly', month), numbers('x', year)), []],
])('day columns are found: %s', (_, table, found) => {
  expect(findDayColumns(table)).toEqual(found)
})

test('days that do not exist become the last of their month; others and gaps stay', () => {
  const table = tableOf(
    numbers('year', [2023, 2024, 2023, Number.NaN, 2023]),
    numbers('month', [2, 2, 4, 2, 12]),
    numbers('day', [30, 30, 31, 30, 31]),
  )
  const of = { year: 'year', month: 'month', day: 'day' }
  expect([...withValidDays(table, [of]).columns[2]!.values]).toEqual([28, 29, 30, 30, 31])
  const words = tableOf(text('month', ['Feb', 'April', null]), text('day', ['31', '31', '31']))
  expect(withValidDays(words, [{ month: 'month', day: 'day' }]).columns[1]!.values).toEqual([
    '29',
    '30',
    '31',
  ])
})

test('whatever the codes, an encoding gives days that exist, also one that was stored', () => {
  const table = tableOf(numbers('year', year), numbers('month', month), numbers('day', day))
  const { encoding } = TableEncoding.fit({ table })
  const codes = encoding.encode(table)
  // Days of one row beside years and months of another.
  const { offset, width } = encoding.columnRange('day')!
  const isDay = (i: number): boolean => i % encoding.width >= offset && i % encoding.width < offset + width
  const mixed = codes.map((value, i) =>
    isDay(i) ? value : codes[(i + 400 * encoding.width) % codes.length]!,
  )
  for (const held of [encoding, TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))]) {
    expect(held.decode(codes, table.rowCount).columns.map(({ values }) => [...values])).toEqual([
      year,
      month,
      day,
    ])
    const [y, m, d] = held.decode(mixed, table.rowCount).columns.map(({ values }) => values as Float64Array)
    const wrong = days.filter((_, row) => !exists(y![row]!, m![row]!, d![row]!))
    expect(wrong).toEqual([])
    const changed = days.filter((_, row) => d![row] !== day[row])
    expect(changed.length).toBeGreaterThan(5)
  }
})
