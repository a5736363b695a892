import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { inventTexts, maskOf, patternOf } from '../personal/index.ts'
import { roleOf } from '../roles.ts'
import { columnWords, type Table } from '../table.ts'
import { TableEncoding } from './table-encoding.ts'

const rows = 4000
const draw = (name: string): number[] =>
  Array.from(new RandomStream({ seed: 4, name }).uniform({ first: 0, count: rows, width: 1 }))

const decoded = (
  encoding: TableEncoding,
  count: number,
  origin: { first?: number; seed?: number } = {},
): Table => {
  const codes = new RandomStream({ seed: 1, name: 'codes' }).normal({
    first: origin.first ?? 0,
    count,
    width: encoding.width,
  })
  return encoding.decode(
    codes.map((z) => 1.5 * z),
    count,
    origin,
  )
}

/** Cities of falling frequency, the last of which one row has. */
const cities = draw('city').map((u) => `City ${'ABCDEFGHIJ'[Math.floor(10 * u ** 2)]!}`)
cities[17] = 'Lonelyville'
cities[18] = 'Pairtown'
cities[19] = 'Pairtown'

describe('words that too few rows have', () => {
  const table = tableOf(text('city', cities), numbers('x', draw('x')))

  test('do not come out, are not kept, and count as one word', () => {
    const { encoding, notes } = TableEncoding.fit({ table })
    expect(notes).toEqual([
      "'city': 1 row has a word that fewer than 2 rows have, or that is personal; in their place comes another of its words.",
    ])
    const kept = JSON.stringify(encoding)
    expect(kept).not.toContain('Lonelyville')
    expect(kept).toContain('Pairtown')
    const out = columnWords(decoded(encoding, 20_000).columns[0]!)
    expect(out).not.toContain('Lonelyville')
    expect(out).not.toContain('(rare)')
    expect(out).toContain('Pairtown')
    // A word that nobody saw is encoded as the rare one.
    const strange = tableOf(
      text('city', ['Lonelyville', 'Nowhere', 'Nowhere']),
      numbers('x', [0.5, 0.5, 0.1]),
    )
    expect([...encoding.encodableRows(strange)]).toEqual([0, 1, 2])
    const codes = encoding.encode(strange)
    const { offset, width } = encoding.columnRange('city')!
    const code = (row: number): number[] =>
      Array.from(codes.subarray(row * encoding.width + offset, row * encoding.width + offset + width))
    expect(code(1)).toEqual(code(0))
    expect(columnWords(encoding.pooled(strange).columns[0]!)).toEqual(['(rare)', '(rare)', '(rare)'])
  })

  test('how many rows a word needs is a setting', () => {
    const three = JSON.stringify(TableEncoding.fit({ table, leastRowsPerWord: 3 }).encoding)
    expect(three).not.toContain('Pairtown')
    const one = TableEncoding.fit({ table, leastRowsPerWord: 1 })
    expect(JSON.stringify(one.encoding)).toContain('Lonelyville')
    expect(one.notes).toEqual([])
  })

  test('words in their place come as often as the words do', () => {
    // Half of the rows have words of their own: the others are 3 : 1.
    const words = cities.map((_, i) =>
      i % 2 ? `Only ${'abcdefghij'[i % 10]} of ${i}` : i % 8 ? 'often' : 'seldom',
    )
    const odd = tableOf(text('w', words), numbers('x', draw('x')))
    const { encoding } = TableEncoding.fit({ table: odd, columns: { w: { as: 'category' } } })
    const out = columnWords(encoding.decode(encoding.encode(odd), rows).columns[0]!)
    expect(new Set(out)).toEqual(new Set(['often', 'seldom']))
    const drawn = out.filter((_, i) => i % 2)
    const share = drawn.filter((word) => word === 'often').length / drawn.length
    // Three standard errors of a share of 0.75 among 2,000.
    expect(Math.abs(share - 0.75)).toBeLessThan(0.03)
  })

  test('truth values are nobody’s', () => {
    const flags = tableOf(
      text(
        'ok',
        cities.map((_, i) => (i === 3 ? 'true' : 'false')),
        'BOOLEAN',
      ),
      numbers('x', draw('x')),
    )
    expect(JSON.stringify(TableEncoding.fit({ table: flags }).encoding)).toContain('true')
  })

  test('a rule names none of them, and what they go with is kept', () => {
    const { encoding } = TableEncoding.fit({
      table,
      rules: [{ kind: 'decides', columns: ['city', 'x'], values: [['City A', '1']], otherwise: '2' }],
    })
    const out = decoded(encoding, 50).columns
    out[0]!.values.forEach((word, row) => {
      expect(out[1]!.values[row]).toBe(word === 'City A' ? 1 : 2)
    })
  })
})

describe('codes', () => {
  // 1,600 codes in 4,000 rows, half of which one row has.
  const often = draw('often')
  const codes = often.map((u, i) => (u < 0.8 ? `AR-${1000 + Math.floor(800 * u)}-X` : `AR-${5000 + i}-Y`))
  const table = tableOf(text('article', codes), numbers('x', draw('x')))

  test('are categories, however many there are; those that one row has are invented by their pattern', () => {
    expect(roleOf(table.columns[0]!).role).toBe('category')
    const many = tableOf(
      text(
        'article',
        Array.from({ length: 24_000 }, (_, i) => `K${100_000 + (i % 9000)}`),
      ),
    )
    expect(roleOf(many.columns[0]!).role).toBe('category')
    const { encoding } = TableEncoding.fit({ table })
    const counts = new Map<string, number>()
    for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
    const once = [...counts].filter(([, count]) => count === 1).map(([code]) => code)
    expect(once.length).toBeGreaterThan(500)
    const kept = JSON.stringify(encoding)
    for (const code of once) expect(kept).not.toContain(code)
    const out = columnWords(decoded(encoding, 4000).columns[0]!) as string[]
    const invented = out.filter((code) => !counts.has(code))
    expect(invented.length).toBeGreaterThan(400)
    for (const code of out) expect(once).not.toContain(code)
    for (const code of invented) expect(code).toMatch(/^AR-\d{4}-[XY]$/)
  })

  test('that are all different get new ones of their pattern', () => {
    const all = Array.from(
      { length: 300 },
      (_, i) => `${'QWERTZ'[i % 6]}${(i * 7919) % 1000}-${'xyz'[i % 3]}${i % 10}`,
    )
    const each = tableOf(text('tag', all), numbers('x', draw('x').slice(0, 300)))
    const { encoding, notes } = TableEncoding.fit({ table: each })
    expect(notes[0]).toContain('new rows have codes of the same pattern that no row of the data has')
    const out = columnWords(decoded(encoding, 500).columns[0]!) as string[]
    const masks = new Set(all.map(maskOf))
    for (const tag of out) {
      expect(all).not.toContain(tag)
      expect(masks.has(maskOf(tag))).toBe(true)
    }
  })
})

test('no invented text equals one that was seen, whatever was seen', () => {
  const code = fc.stringMatching(/^[A-C]{1,2}-?[0-9]{1,3}[x-z]?$/)
  fc.assert(
    fc.property(fc.uniqueArray(code, { minLength: 1, maxLength: 400 }), fc.nat(1000), (seen, seed) => {
      const texts = inventTexts(patternOf(seen), { rows: { seed, first: 0 }, count: 200, name: 'c' })
      const known = new Set(seen)
      for (const one of texts) expect(known.has(one), one).toBe(false)
    }),
    { numRuns: 60 },
  )
  // All 1,000 codes of the pattern are taken: new ones are longer, and contain none of them.
  const all = Array.from({ length: 1000 }, (_, i) => `B${String(i).padStart(3, '0')}`)
  const texts = inventTexts(patternOf(all), { rows: { seed: 1, first: 0 }, count: 500, name: 'c' })
  for (const one of texts)
    expect(
      all.some((word) => one.includes(word)),
      one,
    ).toBe(false)
})

test('what is invented depends on the seed and the row only', () => {
  const table = tableOf(
    text(
      'mail',
      cities.map((_, i) => `p${i}@firm.test`),
    ),
    text('city', cities),
    numbers('x', draw('x')),
  )
  const { encoding } = TableEncoding.fit({ table })
  const whole = decoded(encoding, 60, { seed: 5 })
  const part = decoded(encoding, 20, { seed: 5, first: 40 })
  for (const [k, column] of part.columns.entries())
    expect([...column.values]).toEqual([...whole.columns[k]!.values.slice(40)])
  const other = decoded(encoding, 60, { seed: 6 })
  expect(other.columns[0]!.values).not.toEqual(whole.columns[0]!.values)
  const restored = TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
  expect(decoded(restored, 60, { seed: 5 })).toEqual(whole)
})
