import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { columnsOf } from './fixtures.test-helper.ts'
import { readTable } from './read.node.ts'
import { writeTable } from './write.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield types '))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

const flags = [
  { flag: true, count: 3, share: 0.25, word: 'true' },
  { flag: false, count: null, share: 1.5, word: '12' },
  { flag: null, count: -7, share: null, word: null },
]

test('truth values, numbers, text and gaps of JSON come out of JSON as what they were', async () => {
  writeFileSync(at('flags.json'), JSON.stringify(flags))
  const { table } = await readTable({ source: at('flags.json') })
  await writeTable(table, { path: at('again.json') })
  expect(JSON.parse(readFileSync(at('again.json'), 'utf8'))).toEqual(flags)
})

test('types of a query come out of Parquet as what they were', async () => {
  const sql = `select * from (values
    (true, 1::tinyint, 2::uinteger, 0.1::float, 1.50::decimal(9,2), date '2024-05-31', time '08:30:00', 'x'),
    (null, null, null, null, null, null, null, null),
    (false, -1::tinyint, 7::uinteger, 2.5::float, 2.25::decimal(9,2), date '1999-01-01', time '00:00:01', '1')
  ) as t(flag, tiny, uint, narrow, money, day, hour, word)`
  const { table } = await readTable({ sql })
  await writeTable(table, { path: at('types.parquet') })
  const again = await readTable({ source: at('types.parquet') })
  const types = ['BOOLEAN', 'TINYINT', 'UINTEGER', 'FLOAT', 'DECIMAL(9,2)', 'DATE', 'TIME', 'VARCHAR']
  expect(again.table.columns.map(({ type }) => type)).toEqual(types)
  expect(columnsOf(again.table)).toEqual(columnsOf(table))
})
