import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import { numbers, realTables, tableOf, text } from '../fixtures.test-helper.ts'
import { readTable } from '../read.node.ts'
import type { NumberColumn, Table } from '../table.ts'
import { describeRule, findRules, keepRules, type Rule, ruleFormula, rulesSchema } from './index.ts'
import { simplestNumber } from './simplest-number.ts'

const count = 300
const draw = (name: string, seed = 2, rows = count): number[] =>
  Array.from(new RandomStream({ seed, name }).uniform({ first: 0, count: rows, width: 1 }))
const [u, v, w] = [draw('u'), draw('v'), draw('w')]
const to = (decimals: number) => (value: number) => Math.round(value * 10 ** decimals) / 10 ** decimals
const cents = to(2)

const formulas = (table: Table): string[] => findRules(table).map(ruleFormula)

/** start ≤ end, net + tax = total, and the code of a country beside its name. */
const ruled: Table = tableOf(
  numbers(
    'start',
    u.map((value) => cents(10 * value)),
  ),
  numbers(
    'end',
    u.map((value, i) => cents(10 * value + 5 * v[i]!)),
  ),
  numbers(
    'net',
    v.map((value) => cents(100 * value)),
  ),
  numbers(
    'tax',
    w.map((value) => cents(20 * value)),
  ),
  numbers(
    'total',
    v.map((value, i) => cents(cents(100 * value) + cents(20 * w[i]!))),
  ),
  text(
    'country',
    w.map((value) => ['Chile', 'Peru', 'Cuba'][Math.floor(3 * value)]!),
  ),
  numbers(
    'code',
    w.map((value) => [56, 51, 53][Math.floor(3 * value)]!),
  ),
)

describe('findRules', () => {
  test('finds those that are there, and no others: net ≤ total follows from the sum', () => {
    expect(formulas(ruled)).toEqual([
      "'net' + 'tax' = 'total'",
      "'country' decides 'code'",
      "'start' ≤ 'end'",
    ])
  })

  test('finds copies, units, negations and computed columns, with the constant as people write it', () => {
    const celsius = u.map((value) => to(1)(60 * value - 20))
    const kilos = v.map((value) => to(1)(50 + 50 * value))
    const metres = w.map((value) => cents(1.5 + 0.5 * value))
    const pieces = draw('pieces').map((value) => 1 + Math.floor(9 * value))
    const price = draw('price').map((value) => cents(1 + 99 * value))
    const seconds = draw('seconds').map((value) => Math.floor(100_000 * value))
    const table = tableOf(
      numbers('celsius', celsius),
      numbers(
        'fahrenheit',
        celsius.map((c) => to(1)(1.8 * c + 32)),
      ),
      numbers('kilos', kilos),
      numbers(
        'pounds',
        kilos.map((value) => to(4)(value / 0.45359237)),
      ),
      numbers('metres', metres),
      numbers(
        'bmi',
        metres.map((m, i) => to(1)(kilos[i]! / m ** 2)),
      ),
      numbers('pieces', pieces),
      numbers('price', price),
      numbers(
        'due',
        price.map((p, i) => cents(1.19 * p * pieces[i]!)),
      ),
      numbers('again', price),
      numbers(
        'owed',
        price.map((p) => -p),
      ),
      numbers('seconds', seconds),
      numbers(
        'hours',
        seconds.map((s) => to(3)(s / 3600)),
      ),
    )
    expect(formulas(table)).toEqual([
      "'again' = 'price'",
      "'fahrenheit' = 1.8 · 'celsius' + 32",
      "'pounds' = 2.20462262 · 'kilos'",
      "'owed' = −'price'",
      "'hours' = 0.0002777777778 · 'seconds'",
      "'kilos' / 'metres'² = 'bmi'",
      "1.19 · 'pieces' · 'price' = 'due'",
    ])
  })

  test('finds words that are one column twice, and days that are so many days after others', () => {
    const day = (of: number[]): NumberColumn['calendar'] & object & { values: number[] } => ({
      unit: 'date',
      format: '%Y-%m-%d',
      values: of,
    })
    const dates = (name: string, values: number[]): NumberColumn => {
      const { unit, format } = day(values)
      return { ...numbers(name, values, 'DATE'), calendar: { unit, format } }
    }
    const begin = u.map((value) => 18_000 + Math.floor(900 * value))
    const nights = v.map((value) => 1 + Math.floor(20 * value))
    const table = tableOf(
      dates('arrival', begin),
      numbers('nights', nights),
      dates(
        'departure',
        begin.map((value, i) => value + nights[i]!),
      ),
      text(
        'colour',
        w.map((value) => `c${Math.floor(5 * value)}`),
      ),
      text(
        'color',
        w.map((value) => `c${Math.floor(5 * value)}`),
      ),
    )
    expect(formulas(table)).toEqual(["'color' = 'colour'", "'arrival' + 'nights' = 'departure'"])
  })

  test('finds none in noise', () => {
    for (let seed = 0; seed < 60; seed++) {
      const z = new RandomStream({ seed, name: 'noise' }).uniform({ first: 0, count: 60, width: 6 })
      const column = (k: number, of: (value: number) => number): number[] =>
        Array.from({ length: 60 }, (_, row) => of(z[6 * row + k]!))
      const table = tableOf(
        numbers(
          'a',
          column(0, (value) => value),
        ),
        numbers(
          'b',
          column(1, (value) => Math.floor(3 * value)),
        ),
        numbers(
          'c',
          column(2, (value) => Math.floor(2 * value)),
        ),
        text(
          'd',
          column(3, (value) => Math.floor(4 * value)).map((k) => `d${k}`),
        ),
        text(
          'e',
          column(4, (value) => (value > 0.97 ? 1 : 0)).map((k) => `e${k}`),
        ),
        numbers(
          'f',
          column(5, (value) => Math.round(10 * value)),
        ),
      )
      expect(formulas(table), `seed ${seed}`).toEqual([])
    }
  })

  test('offers no order that the scales or the shares explain', () => {
    // Fine dust of 1 to 900 beside pressures of 990 to 1040; and a column that is nearly always the least there is.
    const dust = u.map((value) => Math.round(900 * value ** 4))
    const pressure = v.map((value) => 990 + Math.round(50 * value))
    const thousands = w.map((value) => 1000 + value)
    const seldom = v.map((value) => (value > 0.99 ? 3 : 0))
    const many = draw('many').map((value) => Math.round(100 * value))
    const table = tableOf(
      numbers('dust', dust),
      numbers('pressure', pressure),
      numbers('u', u),
      numbers('thousands', thousands),
      numbers('seldom', seldom),
      numbers('many', many),
    )
    expect(formulas(table)).toEqual([])
  })

  test('an order that follows from two others is not told', () => {
    const table = tableOf(
      numbers('a', u),
      numbers(
        'b',
        u.map((value, i) => value + v[i]!),
      ),
      numbers(
        'c',
        u.map((value, i) => value + v[i]! + w[i]!),
      ),
    )
    expect(formulas(table)).toEqual(["'a' ≤ 'b'", "'b' ≤ 'c'"])
  })

  test('a column is determined once, and none by itself in a circle', () => {
    const a = u.map((value) => Math.floor(50 * value))
    const table = tableOf(
      numbers('a', a),
      numbers(
        'b',
        a.map((value) => 2 * value),
      ),
      numbers(
        'c',
        a.map((value) => 3 * value),
      ),
      numbers(
        'd',
        a.map((value) => 5 * value),
      ),
    )
    expect(formulas(table)).toEqual(["'b' = 2 · 'a'", "'c' = 3 · 'a'", "'d' = 5 · 'a'"])
  })

  test('says a rule as a sentence, and keeps it in JSON', () => {
    const rules = findRules(ruled)
    expect(describeRule(rules[0]!, count)).toBe("'net' + 'tax' = 'total' in all 300 rows")
    expect(rulesSchema.parse(JSON.parse(JSON.stringify(rules)))).toEqual(rules)
  })

  const adult = realTables.find(({ name }) => name.startsWith('adult'))!
  test.skipIf(!existsSync(adult.path))(
    `education and its number decide each other (${adult.absent ?? adult.name})`,
    async () => {
      const { table } = await readTable({ source: adult.path })
      const started = performance.now()
      expect(formulas(table)).toEqual([`'${table.columns[3]!.name}' decides '${table.columns[4]!.name}'`])
      expect(performance.now() - started).toBeLessThan(10_000)
    },
  )
})

test('the simplest number of an interval is the one that people would write', () => {
  expect(simplestNumber(1.7993, 1.8004)).toBe(1.8)
  expect(simplestNumber(-0.5557, -0.5554)).toBe(-5 / 9)
  expect(simplestNumber(2.5399, 2.5402)).toBe(2.54)
  expect(simplestNumber(-0.1, 0.2)).toBe(0)
  expect(simplestNumber(31.6, 32.3)).toBe(32)
  expect(simplestNumber(Math.PI, Math.PI)).toBe(Math.PI)
})

describe('keepRules', () => {
  const rules = findRules(ruled)

  test('leaves a table that keeps them as it is', () => {
    expect(keepRules(ruled, rules)).toEqual(ruled)
  })

  test('an order of an older run, without the range of its columns, is kept', () => {
    const chain: Rule[] = [
      { kind: 'order', columns: ['a', 'b'] },
      { kind: 'order', columns: ['b', 'c'] },
    ]
    const table = tableOf(numbers('a', [3, 2]), numbers('b', [2, 3]), numbers('c', [1, 1]))
    expect(keepRules(table, chain).columns.map(({ values }) => [...values])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })

  test('leaves gaps as they are', () => {
    const table = tableOf(numbers('start', [Number.NaN, 5]), numbers('end', [1, 3]))
    const keeping = keepRules(table, [{ kind: 'order', columns: ['start', 'end'] }])
    expect(keeping.columns.map(({ values }) => [...values])).toEqual([
      [Number.NaN, 3],
      [1, 5],
    ])
  })
})
