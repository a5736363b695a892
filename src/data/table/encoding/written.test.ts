import { expect, test } from 'vitest'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { csv, jsonl } from '../formats.ts'
import { tableText } from '../text.ts'
import { TableEncoding } from './table-encoding.ts'

const rows = Array.from({ length: 40 }, (_, row) => row)
const gapAt = (row: number): boolean => row % 5 === 4

const table = tableOf(
  {
    ...numbers(
      'price',
      rows.map((row) => (gapAt(row) ? Number.NaN : row / 2)),
    ),
    written: { gap: 'NA', places: 2 },
  },
  {
    ...text(
      'kind',
      rows.map((row) => (gapAt(row) ? null : 'ab'[row % 2]!)),
    ),
    written: { gap: '?' },
  },
  {
    ...text(
      'none',
      rows.map(() => null),
    ),
    written: { gap: '-' },
  },
  {
    ...numbers(
      'fixed',
      rows.map(() => 1.5),
    ),
    written: { places: 3 },
  },
  {
    ...numbers(
      'day',
      rows.map((row) => row % 3),
      'DATE',
    ),
    calendar: { unit: 'date', format: '%d.%m.%Y' },
  },
)

const lines = (encoding: TableEncoding): string[] => {
  const decoded = encoding.decode(encoding.encode(table), table.rowCount)
  return [...tableText(decoded, csv)].join('').split('\n').slice(1, -1)
}

test('places and words of a gap come back out of an encoding, also of one that was stored', () => {
  const columns = { day: { as: 'category' } } as const
  const { encoding } = TableEncoding.fit({ table, columns })
  const again = TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
  const expected = rows.map((row) => {
    const [price, kind] = gapAt(row) ? ['NA', '?'] : [(row / 2).toFixed(2), 'ab'[row % 2]]
    return `${price},${kind},-,1.500,0${1 + (row % 3)}.01.1970`
  })
  expect(lines(encoding)).toEqual(expected)
  expect(lines(again)).toEqual(expected)
})

test('JSON has gaps and numbers of its own', () => {
  const first = [...tableText(table, jsonl)].join('').split('\n')[4]
  expect(JSON.parse(first!)).toEqual({ price: null, kind: null, none: null, fixed: 1.5, day: '02.01.1970' })
})

test('numbers of float32 come out with the digits of float32', () => {
  const singles = rows.map((row) => Number(Math.fround(Math.sin(row)).toPrecision(9)))
  const drawn = tableOf(numbers('x', singles, 'FLOAT'))
  const { encoding } = TableEncoding.fit({ table: drawn })
  const column = encoding.decode(encoding.encode(drawn), rows.length).columns[0]!
  for (const value of column.values)
    expect(String(value).replace(/^-?0\.0*/, '').length).toBeLessThanOrEqual(9)
})

test('an encoding stored before these were kept is read', () => {
  const { encoding } = TableEncoding.fit({ table })
  const stored = JSON.parse(JSON.stringify(encoding)) as { columns: Record<string, unknown>[] }
  for (const column of stored.columns) delete column['written']
  expect(lines(TableEncoding.fromJSON(stored))[4]).toBe(',,,1.5,02.01.1970')
})
