import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Cell, objectsOf, tableOfObjects } from './objects.ts'

const kinds: Readonly<Record<string, fc.Arbitrary<Cell>>> = {
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  truth: fc.boolean(),
  date: fc.date({ min: new Date(-1e12), max: new Date(4e12), noInvalidDate: true }),
  long: fc.bigInt({ min: 2n ** 60n, max: 2n ** 80n }),
  list: fc.array(fc.integer(), { maxLength: 3 }),
  object: fc.record({ a: fc.integer(), b: fc.string() }),
  word: fc.constantFrom('red', 'green', 'a, b', '"quoted"', 'NaN', 'true', ' '),
}

test.each(Object.entries(kinds))('cells of one kind come back as they were: %s', (_, cell) => {
  fc.assert(
    fc.property(fc.array(fc.option(cell), { minLength: 1, maxLength: 20 }), (cells) => {
      const rows = cells.map((value) => ({ first: 1, value }))
      expect(objectsOf(tableOfObjects(rows).table)).toEqual(rows)
    }),
  )
})

test('text that stands for numbers, days or money is read, and written as it was', () => {
  const rows = [
    { price: '$1,200.50', day: '24.12.2025', hour: '08:30', code: '007' },
    { price: '$950.00', day: '01.02.2024', hour: '17:05', code: '012' },
  ]
  const { table } = tableOfObjects(rows)
  const kinds = Object.fromEntries(table.columns.map(({ name, kind }) => [name, kind]))
  expect(kinds).toMatchObject({ price: 'number', day: 'number', hour: 'number' })
  expect(objectsOf(table)).toEqual(rows)
})

test('keys of all rows are columns; what a row lacks is a gap', () => {
  const { table } = tableOfObjects([{ a: 1 }, { b: 'x' }, { a: undefined, b: null }])
  expect(table.columns.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(objectsOf(table)).toEqual([
    { a: 1, b: null },
    { a: null, b: 'x' },
    { a: null, b: null },
  ])
})
