import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../engine/random/stream.ts'
import { numbers, realTables, tableOf, text } from '../fixtures.test-helper.ts'
import { readTable } from '../read.node.ts'
import { columnWords, type NumberColumn, type Table } from '../table.ts'
import { describeRule, findRules, keepableRules, keepRules, type Rule, rulesSchema } from './rules.ts'

const count = 300
const draw = (name: string): Float32Array =>
  new RandomStream({ seed: 2, name }).uniform({ first: 0, count, width: 1 })
const [u, v, w] = [draw('u'), draw('v'), draw('w')]
const round = (value: number): number => Math.round(value * 100) / 100

/** start ≤ end, net + tax = total, and the code of a country beside its name. */
const ruled: Table = tableOf(
  numbers(
    'start',
    Array.from(u, (value) => round(10 * value)),
  ),
  numbers(
    'end',
    Array.from(u, (value, i) => round(10 * value + 5 * v[i]!)),
  ),
  numbers(
    'net',
    Array.from(v, (value) => round(100 * value)),
  ),
  numbers(
    'tax',
    Array.from(w, (value) => round(20 * value)),
  ),
  numbers(
    'total',
    Array.from(v, (value, i) => round(round(100 * value) + round(20 * w[i]!))),
  ),
  text(
    'country',
    Array.from(w, (value) => ['Chile', 'Peru', 'Cuba'][Math.floor(3 * value)]!),
  ),
  numbers(
    'code',
    Array.from(w, (value) => [56, 51, 53][Math.floor(3 * value)]!),
  ),
)

const brief = (rules: readonly Rule[]): string[] =>
  rules.map(({ kind, columns }) => `${kind}: ${columns.join(', ')}`)

/** Rows of a table in which a rule does not hold. */
function broken(table: Table, rule: Rule): number {
  const of = rule.columns.map((name) => table.columns.find((column) => column.name === name)!)
  const value = (k: number, row: number): number => (of[k] as NumberColumn).values[row]!
  const rows = Array.from({ length: table.rowCount }, (_, row) => row)
  if (rule.kind === 'order') return rows.filter((row) => value(0, row) > value(1, row)).length
  if (rule.kind === 'sum')
    return rows.filter((row) => Math.abs(value(0, row) + value(1, row) - value(2, row)) > 1e-9).length
  const known = new Map(rule.values)
  const [a, b] = [columnWords(of[0]!), columnWords(of[1]!)]
  return rows.filter((row) => known.has(a[row]!) && known.get(a[row]!) !== b[row]).length
}

describe('findRules', () => {
  test('finds those that are there, and no others', () => {
    expect(brief(findRules(ruled))).toEqual([
      'decides: country, code',
      'sum: net, tax, total',
      'order: start, end',
      'order: net, total',
      'order: tax, total',
    ])
    for (const rule of findRules(ruled)) expect(broken(ruled, rule)).toBe(0)
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
      )
      expect(brief(findRules(table)), `seed ${seed}`).toEqual([])
    }
  })

  test('an order that follows from two others is not told, nor one between scales', () => {
    const table = tableOf(
      numbers('a', Array.from(u)),
      numbers(
        'b',
        Array.from(u, (value, i) => value + v[i]!),
      ),
      numbers(
        'c',
        Array.from(u, (value, i) => value + v[i]! + w[i]!),
      ),
      numbers(
        'thousands',
        Array.from(w, (value) => 1000 + value),
      ),
    )
    expect(brief(findRules(table))).toEqual(['order: a, b', 'order: b, c'])
  })

  test('says a rule as a sentence, and keeps it in JSON', () => {
    const rules = findRules(ruled)
    expect(describeRule(rules[1]!, count)).toBe("'net' + 'tax' = 'total' in all 300 rows")
    expect(rulesSchema.parse(JSON.parse(JSON.stringify(rules)))).toEqual(rules)
  })

  const adult = realTables.find(({ name }) => name.startsWith('adult'))!
  test.skipIf(!existsSync(adult.path))(
    `education and its number decide each other (${adult.absent ?? adult.name})`,
    async () => {
      const { table } = await readTable({ source: adult.path })
      const started = performance.now()
      const rules = findRules(table)
      expect(brief(rules)).toContain(`decides: ${table.columns[3]!.name}, ${table.columns[4]!.name}`)
      expect(performance.now() - started).toBeLessThan(10_000)
    },
  )
})

describe('keepRules', () => {
  const rules = findRules(ruled)

  test('leaves a table that keeps them as it is', () => {
    expect(keepRules(ruled, rules)).toEqual(ruled)
  })

  test('makes every rule hold, whatever the rows', () => {
    const cell = fc.integer({ min: -500, max: 12_000 }).map((k) => k / 100)
    const row = fc.tuple(
      cell,
      cell,
      cell,
      cell,
      cell,
      fc.constantFrom('Chile', 'Peru', 'Cuba'),
      fc.constantFrom(51, 53, 56),
    )
    const decisive = keepableRules(rules)
    expect(brief(decisive)).toEqual(['decides: country, code', 'sum: net, tax, total', 'order: start, end'])
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const column = (k: number): number[] => rows.map((cells) => cells[k] as number)
        const table = tableOf(
          ...['start', 'end', 'net', 'tax', 'total'].map((name, k) => numbers(name, column(k))),
          text(
            'country',
            rows.map((cells) => cells[5]),
          ),
          numbers('code', column(6)),
        )
        const keeping = keepRules(table, decisive)
        for (const rule of decisive) expect(broken(keeping, rule)).toBe(0)
      }),
    )
  })

  test('puts a chain of orders in order', () => {
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
