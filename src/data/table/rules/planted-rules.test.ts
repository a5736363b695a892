import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import { TableEncoding } from '../encoding/table-encoding.ts'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { type Column, isGap, type NumberColumn, type Table } from '../table.ts'
import { findRules, type Rule } from './index.ts'

const rows = 240

/** Numbers of a column's own stream; every tenth or so a gap where wished. */
function planted(seed: number, gappy: boolean): Table {
  const draw = (name: string): number[] =>
    Array.from(new RandomStream({ seed, name }).uniform({ first: 0, count: rows, width: 1 }))
  const to = (decimals: number, value: number): number => Math.round(value * 10 ** decimals) / 10 ** decimals
  const [u, v, w, p, q, r] = ['u', 'v', 'w', 'p', 'q', 'r'].map(draw) as [
    number[],
    number[],
    number[],
    number[],
    number[],
    number[],
  ]
  const gaps = draw('gaps')
  const some = (values: number[], from: number): number[] =>
    values.map((value, i) => (gappy && gaps[i]! > from && gaps[i]! < from + 0.1 ? Number.NaN : value))
  // A chain of orders whose columns are rounded differently: to a whole, to cents, to halves.
  const first = some(
    u.map((value) => Math.floor(40 * value)),
    0.1,
  )
  const second = u.map((value, i) => to(2, Math.floor(40 * value) + 9 * v[i]!))
  const third = some(
    u.map((_, i) => Math.ceil(2 * (second[i]! + 5 * w[i]!)) / 2),
    0.25,
  )
  const net = some(
    p.map((value) => to(2, 500 * value)),
    0.4,
  )
  const tax = some(
    q.map((value) => to(2, 80 * value)),
    0.55,
  )
  const pieces = some(
    r.map((value) => 1 + Math.floor(12 * value)),
    0.7,
  )
  const total = net.map((value, i) => to(2, value + tax[i]!))
  const city = draw('city').map(
    (value) => ['Lima', 'Cusco', 'Quito', 'Cali', 'Oruro'][Math.floor(5 * value)]!,
  )
  const country = { Lima: 'PE', Cusco: 'PE', Quito: 'EC', Cali: 'CO', Oruro: null } as const
  return tableOf(
    numbers('first', first),
    numbers('second', second),
    numbers('third', third),
    numbers('net', net),
    numbers('tax', tax),
    numbers('total', total),
    numbers('pieces', pieces),
    numbers(
      'worth',
      total.map((value, i) => to(1, value * pieces[i]!)),
    ),
    numbers(
      'owed',
      total.map((value) => -value),
    ),
    numbers(
      'grams',
      tax.map((value) => Math.round(28.35 * value + 3)),
    ),
    text('city', city),
    text(
      'country',
      city.map((name) => country[name as keyof typeof country]),
    ),
  )
}

/** Rows that a rule does not hold in, by its own words, apart from what the rule's code says. */
function broken(table: Table, rule: Rule): number {
  const of = rule.columns.map((name) => table.columns.find((column) => column.name === name)!)
  const value = (k: number, row: number): number => (of[k] as NumberColumn).values[row]!
  const unit = 10 ** -(of.at(-1) as NumberColumn).decimals
  return Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => {
    if (of.some((column) => isGap(column, row)) && rule.kind !== 'decides') return false
    if (rule.kind === 'order') return value(0, row) > value(1, row)
    if (rule.kind === 'copy') return of[0]!.values[row] !== of[1]!.values[row]
    if (rule.kind === 'decides')
      return !rule.values.some(([key, word]) => key === of[0]!.values[row] && word === of[1]!.values[row])
    const made =
      rule.kind === 'linear'
        ? rule.factor * value(0, row) + rule.offset
        : rule.kind === 'sum'
          ? value(0, row) + value(1, row)
          : rule.factor * value(0, row) ** rule.powers[0] * value(1, row) ** rule.powers[1]
    return Math.abs(made - value(of.length - 1, row)) > 0.5 * unit + 1e-9 * Math.abs(made)
  }).length
}

describe.each([false, true])('rules planted in a table, with gaps: %s', (gappy) => {
  test('are found, and kept in every row that any code stands for, with decimals, ranges and gaps', () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const table = planted(seed, gappy)
        const rules = findRules(table)
        expect(rules.map(({ kind, columns }) => `${kind} ${columns.join(' ')}`).sort()).toEqual([
          'decides city country',
          'linear tax grams',
          'linear total owed',
          'order first second',
          'order second third',
          'product total pieces worth',
          'sum net tax total',
        ])
        const { encoding } = TableEncoding.fit({ table, rules })
        expect(encoding.columns.filter(({ computed }) => computed).map(({ name }) => name)).toEqual([
          'total',
          'worth',
          'owed',
          'grams',
          'country',
        ])
        const codes = new RandomStream({ seed, name: 'codes' }).normal({
          first: 0,
          count: 300,
          width: encoding.width,
        })
        const out = encoding.decode(
          codes.map((z) => 2 * z),
          300,
        )
        expect(out.columns.map(({ name }) => name)).toEqual(table.columns.map(({ name }) => name))
        for (const rule of rules) expect(broken(out, rule), `${rule.kind} ${rule.columns}`).toBe(0)
        for (const rule of rules) expect(broken(table, rule)).toBe(0)
        for (const name of ['first', 'second', 'third', 'net', 'tax', 'pieces'])
          expectWithin(column(out, name), column(table, name))
      }),
      { numRuns: 6 },
    )
  })
})

function column(table: Table, name: string): NumberColumn {
  return table.columns.find((one) => one.name === name) as NumberColumn
}

/** No value outside the data's range, none of more digits, gaps only where the data have some. */
function expectWithin(out: Column & { kind: 'number' }, data: NumberColumn): void {
  const filled = data.values.filter((value) => !Number.isNaN(value))
  const [least, most] = [Math.min(...filled), Math.max(...filled)]
  const scale = 10 ** data.decimals
  for (const value of out.values) {
    if (Number.isNaN(value)) expect(filled.length).toBeLessThan(data.values.length)
    else {
      expect(value).toBeGreaterThanOrEqual(least)
      expect(value).toBeLessThanOrEqual(most)
      expect(Math.round(value * scale) / scale).toBe(value)
    }
  }
}

test('a row that breaks a rule is told, and a column that is computed need not be there', () => {
  const table = planted(1, false)
  const { encoding } = TableEncoding.fit({ table, rules: findRules(table) })
  const wrong: Table = {
    ...table,
    columns: table.columns.map((one) =>
      one.name === 'total'
        ? {
            ...(one as NumberColumn),
            values: (one.values as Float64Array).map((v, i) => (i === 7 ? v + 1 : v)),
          }
        : one,
    ),
  }
  expect(encoding.brokenRules(table)).toEqual([])
  expect(encoding.brokenRules(wrong).map(({ rule, rows }) => [rule.columns.join(), rows])).toEqual([
    ['total,owed', [7]],
    ['net,tax,total', [7]],
    ['total,pieces,worth', [7]],
  ])
  const without = { ...table, columns: table.columns.filter(({ name }) => name !== 'total') }
  expect(encoding.encode(without)).toEqual(encoding.encode(table))
  expect(encoding.decode(encoding.encode(without), rows)).toEqual({ ...table, source: 'decoded' })
})

test('JSON restores an encoding with computed columns to the bit', () => {
  const table = planted(3, true)
  const { encoding } = TableEncoding.fit({ table, rules: findRules(table) })
  const restored = TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
  const codes = encoding.encode(table, { dequantiseSeed: 5 })
  expect(restored.decode(codes, rows)).toEqual(encoding.decode(codes, rows))
})
