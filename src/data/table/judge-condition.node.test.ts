import { describe, expect, test } from 'vitest'
import { ScorefieldError } from '../../base/index.ts'
import type { Outcomes } from './encoding/index.ts'
import { rowsWhere } from './filter.node.ts'
import { numbers, tableOf, text } from './fixtures.test-helper.ts'
import { judgeCondition } from './judge-condition.node.ts'
import type { Table } from './table.ts'

const day = {
  ...numbers('day', [19_000, 19_100], 'DATE'),
  calendar: { unit: 'date', format: '%Y-%m-%d' },
} as const
const outcomes: Readonly<Record<string, Outcomes>> = {
  species: {
    kind: 'values',
    column: text('species', ['Adelie', 'Gentoo', 'Chinstrap']),
    hidesRareWords: true,
  },
  sex: { kind: 'values', column: text('sex', ['male', 'female', null]) },
  year: { kind: 'values', column: numbers('year', [2007, 2008, 2009]) },
  bill: { kind: 'range', gaps: false, column: numbers('bill', [32.1, 59.6]) },
  mass: { kind: 'range', gaps: true, column: numbers('mass', [2700, 6300]) },
  day: { kind: 'range', gaps: false, column: day },
  code: { kind: 'values', column: text('code', ['A-1', 'A-2']), inventsOthers: true, hidesRareWords: true },
  name: { kind: 'invented', what: 'names of people' },
}
const table: Table = tableOf(
  text('species', ['Adelie']),
  text('sex', [null]),
  numbers('year', [2007]),
  numbers('bill', [40]),
  numbers('mass', [Number.NaN]),
  { ...day, values: Float64Array.of(19_000) },
  text('code', ['A-1']),
  text('name', ['Ann']),
  numbers('unknown', [1]),
)

const judged = async (
  condition: string,
): Promise<string[] | { code: string; message: string; hint: string }> => {
  // What is judged can be read.
  await rowsWhere(table, condition)
  try {
    return await judgeCondition(condition, table, (name) => outcomes[name])
  } catch (error) {
    if (!(error instanceof ScorefieldError)) throw error
    expect(error.kind).toBe('usage')
    return { code: error.code, message: error.message, hint: error.hint ?? '' }
  }
}

describe('a condition that no row can fulfil', () => {
  test.each([
    [
      "species = 'Gento'",
      /^'species' has no value 'Gento'\. Did you mean 'Gentoo'\?$/,
      /has 'Adelie', 'Gentoo' and 'Chinstrap'\. Words that too few rows have do not come out\./,
    ],
    ["'gentoo' = species", /Did you mean 'Gentoo'/, /Chinstrap/],
    ["species in ('Gento', 'Emperor')", /'Gento'. Did you mean/, /Adelie/],
    ["sex = 'male' and (species = 'X' or species = 'Y')", /'species' has no value 'X'/, /Adelie/],
    ["species = 'Adelie' and species = 'Gentoo'", /No row can fulfil .*Adelie.*Gentoo/, /'species' has/],
    ["species = 'X' or year = 2012", /'X'/, /Adelie/],
    ["species like 'Z%'", /No row can fulfil/, /'species' has/],
    ['species is null', /No row can fulfil .*NULL/i, /no gaps/],
    ['year = 2012', /^'year' has no value 2012\.$/, /'year' has 2007, 2008 and 2009\./],
    ['year = 2007.5', /no value 2007\.5/, /2008/],
    ['year > 2009', /No row can fulfil/, /2009/],
    ['bill > 1e9', /No row can fulfil/, /'bill' lies between 32\.1 and 59\.6\./],
    ['1e9 < bill', /No row can fulfil/, /59\.6/],
    ['bill between 60 and 70', /No row can fulfil/, /59\.6/],
    ['bill = 12', /'bill' has no value 12/, /59\.6/],
    ['bill is null', /No row can fulfil/, /no gaps/],
    ["day >= '2031-01-01'", /No row can fulfil/, /2022-01-08 and 2022-04-18/],
    ["code = 'A-3'", /'code' has no value 'A-3'/, /invented ones come in their place/],
  ])('is an error: %s', async (condition, message, hint) => {
    const found = await judged(condition)
    expect(found).toMatchObject({ code: 'usage/impossible-condition' })
    const { message: said, hint: advice } = found as { message: string; hint: string }
    expect(said).toMatch(message)
    expect(advice).toMatch(hint)
  })

  test('asks for what is invented', async () => {
    for (const condition of ["name = 'Ann'", "name like 'A%'", "species = 'Adelie' or name is null"])
      expect(await judged(condition)).toMatchObject({
        code: 'usage/invented-column',
        message: expect.stringContaining('names of people'),
      })
  })
})

describe('a condition that a row may fulfil', () => {
  test.each([
    ["species = 'Gentoo'"],
    ["lower(species) = 'gentoo'"],
    ["not species = 'Gentoo'"],
    ["species = 'Gentoo' and sex is null and year between 2008 and 2030"],
    ["species = 'Gentoo' or bill > 100"],
    ['bill > 32.1 and bill <= 40'],
    ['bill between 30 and 60'],
    ['bill = 40 or bill in (45, 50)'],
    ['mass is null'],
    ['mass is not null'],
    ["day < '2022-02-01'"],
    ["code like 'Z%'"],
    ['unknown = 12'],
    ['bill > year'],
    ['bill * 2 > 100'],
    ["random() < 0 and species = 'Gentoo'"],
    ['year = 2007 + floor(random() * 2)'],
    ["species = (select 'X')"],
    ["SPECIES = 'Adelie'"],
  ])('is none, and nothing is said: %s', async (condition) => {
    expect(await judged(condition)).toEqual([])
  })

  test.each([
    ["species in ('Gento', 'Adelie')", 'Gento'],
    ["species <> 'Gento'", 'Gento'],
    ["species not in ('Gento')", 'Gento'],
    ["species = 'Gento' or bill > 40", 'Gento'],
    ['year in (2008, 2012)', '2012'],
  ])('is none, and a slip in it is told: %s', async (condition, slip) => {
    const said = await judged(condition)
    expect(said).toHaveLength(1)
    expect((said as string[])[0]).toContain(slip)
  })
})

test('a column may have the name of what rows are numbered by', async () => {
  const rows = tableOf(
    numbers('place', [3, 1, 2]),
    numbers('row number', [1, 2, 3]),
    text('rows', ['a', 'b', 'c']),
  )
  expect([...(await rowsWhere(rows, 'place >= 2 and "row number" < 3'))]).toEqual([0])
  expect([...(await rowsWhere(rows, "rows = 'c'"))]).toEqual([2])
})
