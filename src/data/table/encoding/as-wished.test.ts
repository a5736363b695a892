import { describe, expect, test } from 'vitest'
import { ScorefieldError } from '../../../base/index.ts'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { roles } from '../roles.ts'
import type { Column } from '../table.ts'
import { columnEncoders } from './column-encoders.ts'
import { TableEncoding } from './table-encoding.ts'
import { usualColumns } from './usual-columns.test-helper.ts'

const rows = 40
const each = <T>(of: (i: number) => T): T[] => Array.from({ length: rows }, (_, i) => of(i))

/** One column of each kind that tables have. */
const columns: readonly Column[] = [
  ...usualColumns(rows),
  numbers(
    'count',
    each((i) => (i * 7) % 5),
    'BIGINT',
  ),
  numbers(
    'same',
    each(() => 7),
  ),
  numbers(
    'none',
    each(() => Number.NaN),
  ),
  numbers(
    'serial',
    each((i) => 100 + i),
    'BIGINT',
  ),
  text(
    'code',
    each((i) => `A-${1000 + i}`),
  ),
  text(
    'remark',
    each((i) => `what ${i} people said of it ${i}`),
  ),
  text(
    'mail',
    each((i) => `u${i}@firm.test`),
  ),
]
const other = numbers(
  'x',
  each((i) => Math.cos(i)),
)

describe.each(columns)('a column like $name', (column) => {
  const table = tableOf(column, other)

  test.each([...roles, 'skip'] as const)(
    'as %s is fitted, comes out, and is kept; or says what it cannot be',
    (as) => {
      let fit: ReturnType<typeof TableEncoding.fit>
      try {
        fit = TableEncoding.fit({ table, columns: { [column.name]: { as } } })
      } catch (error) {
        // Only words can be no numbers.
        expect(error).toBeInstanceOf(ScorefieldError)
        expect(error).toMatchObject({
          kind: 'usage',
          code: 'data/column-kind',
          where: `column '${column.name}'`,
        })
        expect([as, column.kind]).toEqual(['number', 'text'])
        return
      }
      const { encoding } = fit
      const out = encoding.decode(encoding.encode(table), rows)
      expect(out.columns.map(({ name }) => name)).toEqual(as === 'skip' ? ['x'] : [column.name, 'x'])
      expect(out.columns.every(({ values }) => values.length === rows)).toBe(true)
      if (as !== 'skip') expect(out.columns[0]!.kind).toBe(column.kind)
      const restored = TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
      expect(restored.decode(restored.encode(table), rows)).toEqual(out)
    },
  )

  test('takes an encoder of another kind for one that was written before', () => {
    const written = TableEncoding.fit({ table }).encoding.columns[0]!
    for (const as of ['number', 'category'] as const) {
      if (as === 'number' && column.kind === 'text') continue
      const named = columnEncoders.some(({ name }) => name === written.encoder)
      const wish = { as, ...(named ? { encoder: written.encoder } : {}) }
      const { encoding } = TableEncoding.fit({ table, columns: { [column.name]: wish } })
      expect(encoding.encode(table).length).toBe(rows * encoding.width)
    }
  })
})
