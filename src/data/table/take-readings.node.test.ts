import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readTable } from './read.node.ts'
import { openStoreIfLarge } from './store/open-store.node.ts'
import { writeTable } from './write.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield readings '))
afterAll(() => rmSync(folder, { recursive: true }))

const two = (n: number): string => String(n).padStart(2, '0')

/** Each column in a dress, or a format of days, of its own. */
const content = [
  'usd,paren,eur,pct,iso,german,short,compact,word,n',
  ...Array.from({ length: 40 }, (_, i) =>
    [
      `"$${1 + i},${100 + i}.50"`,
      i % 3 ? `"${1 + i},234.00"` : `(${i}.25)`,
      `"${i},${two(i)} €"`,
      `${i}%`,
      `2021-${two(1 + (i % 12))}-${two(1 + (i % 28))}`,
      `${two(1 + (i % 28))}.${two(1 + (i % 12))}.2021`,
      `${1 + (i % 12)}/${1 + (i % 28)}/2021`,
      `2021${two(1 + (i % 12))}${two(1 + (i % 28))}`,
      `w${i % 4}`,
      i,
    ].join(','),
  ),
  '',
].join('\n')
const source = join(folder, 'dressed.csv')
writeFileSync(source, content)

test('a file of many formats is read, a column at a time, and comes back as it was', async () => {
  const { table, notes } = await readTable({ source })
  const formats = table.columns.map((column) =>
    column.kind === 'number' ? (column.calendar?.format ?? 'number') : 'text',
  )
  expect(formats).toEqual([
    'number',
    'number',
    'number',
    'number',
    '%Y-%m-%d',
    '%d.%m.%Y',
    '%-m/%-d/%Y',
    '%Y%m%d',
    'text',
    'number',
  ])
  expect(notes).toEqual([expect.stringMatching(/'compact' was read as days written without separators/)])
  const copy = join(folder, 'copy.csv')
  await writeTable(table, { path: copy })
  expect(readFileSync(copy, 'utf8')).toBe(content)
})

test('a table on disk has the same readings', async () => {
  const { table, notes } = await readTable({ source })
  const opened = (await openStoreIfLarge({ source, mostCells: 10 }))!
  expect((await opened.store.blocks([0])).columns).toEqual(table.columns)
  expect(opened.notes).toEqual(notes)
  await opened.store.dispose()
})

test('Parquet holds what was read from text as text, days as days; and knows them again', async () => {
  const { table } = await readTable({ source })
  const path = join(folder, 'dressed.parquet')
  await writeTable(table, { path })
  const again = await readTable({ source: path })
  expect(again.table.columns.map(({ type }) => type)).toEqual([
    'VARCHAR',
    'VARCHAR',
    'VARCHAR',
    'VARCHAR',
    'DATE',
    'DATE',
    'DATE',
    'BIGINT',
    'VARCHAR',
    'BIGINT',
  ])
  expect(again.table.columns.map(({ values }) => values)).toEqual(table.columns.map(({ values }) => values))
  // Days that are text in Parquet stay text there.
  const asText = join(folder, 'text.parquet')
  const sql = `select strftime(german, '%d.%m.%Y') as german from '${path.replaceAll("'", "''")}'`
  const texts = await readTable({ sql })
  expect(texts.table.columns[0]).toMatchObject({
    kind: 'number',
    type: 'VARCHAR',
    calendar: { format: '%d.%m.%Y' },
  })
  await writeTable(texts.table, { path: asText })
  const { table: back } = await readTable({
    sql: `select typeof(german) as t, german from '${asText.replaceAll("'", "''")}' limit 1`,
  })
  expect(back.columns.map(({ values }) => values[0])).toEqual(['VARCHAR', 18_628])
})

test('JSON has the texts, and whole numbers where the source has them', async () => {
  const { table } = await readTable({ source })
  const path = join(folder, 'dressed.jsonl')
  await writeTable(table, { path })
  expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[1]!)).toEqual({
    usd: '$2,101.50',
    paren: '2,234.00',
    eur: '1,01 €',
    pct: '1%',
    iso: '2021-02-02',
    german: '02.02.2021',
    short: '2/2/2021',
    compact: 20_210_202,
    word: 'w1',
    n: 1,
  })
})
