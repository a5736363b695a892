import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, test } from 'vitest'
import { readTable } from './read.node.ts'
import { writeTable } from './write.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield bad '))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const gap = Number.NaN

/** What a file says, the cells of its first column as read, and what is noted about it. */
const odd: [what: string, content: string, cells: (string | number | null)[], note?: RegExp][] = [
  ['commas at the thousands', 'a,b\n"1,234",1\n"2,345,678.5",2\n', [1234, 2_345_678.5]],
  ['a comma before the fraction', 'a,b\n"1,5",1\n"2,25",2\n', [1.5, 2.25]],
  ['both', 'a;b\n1.234,5;1\n2.345,6;2\n', [1234.5, 2345.6]],
  ['an infinite number among others', 'a,b\nNaN,1\ninf,2\n3,3\n', [null, 'inf', '3'], /'inf' in row 2/],
  ['a number beyond float64', 'a,b\n1e400,1\n2,2\n', [gap, 2], /Infinite values of 'a' are taken as gaps: 1/],
  ['hexadecimal numbers', 'a,b\n0x1F,1\n0x2A,2\n', [31, 42], /'a' is written in hexadecimal/],
  [
    'three words in a column of numbers',
    'a,b\n1,1\nlow,1\n3,2\n4,3\nhigh,4\nlow,5\n7,6\n',
    ['1', 'low', '3', '4', 'high', 'low', '7'],
    /3 of 7 cells are no numbers \('low' in row 2, 'high' in row 5\).*csv\.gaps/,
  ],
  [
    'dates in three orders',
    'a,b\n2020-01-31,1\n31/01/2020,2\n01/31/2020,4\n',
    ['2020-01-31', '31/01/2020', '01/31/2020'],
    /not all written in one way/,
  ],
  [
    'a day that does not exist',
    'a,b\n31/02/2020,1\n25/12/2020,2\n',
    ['31/02/2020', '25/12/2020'],
    /days that exist/,
  ],
  ['addresses that look like dates', 'a,b\n10.0.0.1,1\n10.0.0.2,2\n', ['10.0.0.1', '10.0.0.2']],
  [
    'formulas',
    'a,b\n=cmd(),1\n@sum(A1),2\n-x,3\n- ,4\n',
    ['=cmd()', '@sum(A1)', '-x', '- '],
    /3 cells that a spread/,
  ],
  [
    'blanks after the separator',
    'b,a\nx, y\nz, ?\n',
    ['x', 'z'],
    /blank before every cell was left out in a\./,
  ],
  ['a byte order mark', '\uFEFFa,b\n1,2\n3,4\n', [1, 3]],
  ['names twice and none', 'a,a,\n1,2,3\n4,5,6\n', [1, 4], /'a' is 'a_1' here, '' is 'column2' here/],
  ['no header', '1,2\n3,4\n', [1, 3], /no line of column names/],
  ['one row', 'a,b\n1,2\n', [1]],
]

describe('odd but readable', () => {
  test.each(odd)('%s', async (_, content, cells, note) => {
    const { table, notes } = await readTable({ source: file('odd.csv', content) })
    expect([...table.columns[0]!.values]).toEqual(cells)
    expect(new Set(table.columns.map(({ name }) => name)).size).toBe(table.columns.length)
    expect(table.columns.every(({ name }) => name !== '')).toBe(true)
    if (note) expect(notes.filter((line) => note.test(line))).toHaveLength(1)
    else expect(notes).toEqual([])
  })

  test.each([`it's.csv`, 'a "b" c.csv', '😀 ä.csv', '[x]*?.csv', '%20#&.csv'])(
    'a file called %s',
    async (name) => {
      const { table } = await readTable({ source: file(name, 'a\n1\n2\n') })
      expect([...table.columns[0]!.values]).toEqual([1, 2])
    },
  )

  test('blanks in JSON are part of the text', async () => {
    const { table, notes } = await readTable({ source: file('blank.json', '[{"a":" x"},{"a":" y"}]') })
    expect([[...table.columns[0]!.values], notes]).toEqual([[' x', ' y'], []])
  })

  test('3,000 columns', async () => {
    const line = (cell: (index: number) => unknown): string =>
      `${Array.from({ length: 3000 }, (_, index) => cell(index)).join(',')}\n`
    const content = line((i) => `c${i}`) + line((i) => i) + line((i) => i / 8)
    const { table } = await readTable({ source: file('wide.csv', content) })
    expect(table.columns.map(({ values }) => [...values])).toEqual(
      Array.from({ length: 3000 }, (_, i) => [i, i / 8]),
    )
  }, 30_000)

  test('a moment with a time zone is taken in UTC, wherever the machine is', async () => {
    const sql = `select '2020-01-01 02:00:00+02'::timestamptz as at`
    const { table } = await readTable({ sql })
    expect(table.columns[0]!.values[0]).toBe(Date.UTC(2020, 0, 1) / 1000)
  })

  test.each([
    ['Z', ['2020-01-31T08:00:00Z', '2020-07-01T23:59:30Z', ''], '%Y-%m-%dT%H:%M:%SZ', 0],
    ['one offset', ['2020-01-31 08:00+01:00', '2020-07-01 23:59+01:00', ''], '%Y-%m-%d %H:%M+01:00', 0],
    ['two offsets', ['2020-01-31T08:00:00+01:00', '2020-07-01T23:59:30+02:00', ''], '%Y-%m-%dT%H:%M:%SZ', 1],
  ])('ISO moments with a zone are timestamps: %s', async (_, given, format, noted) => {
    const source = file('zoned.csv', `at,b\n${given.map((cell, row) => `${cell},${row}\n`).join('')}`)
    const { table, notes } = await readTable({ source })
    const [at] = table.columns
    expect(at).toMatchObject({ kind: 'number', calendar: { unit: 'timestamp', format } })
    expect(notes).toHaveLength(noted)
    const path = join(folder, 'zoned-out.csv')
    await writeTable(table, { path })
    const written = readFileSync(path, 'utf8').split('\n').slice(1, 4)
    const moments = (cells: readonly string[]): number[] =>
      cells.map((cell) => Date.parse(cell.split(',')[0]!))
    expect(moments(written)).toEqual(moments(given))
    if (noted === 0) expect(written).toEqual(given.map((cell, row) => `${cell},${row}`))
  })

  test('a day that does not exist leaves moments with a zone as text', async () => {
    const source = file('no-day.csv', 'at,b\n2020-01-31T08:00:00Z,1\n2020-02-31T08:00:00Z,2\n')
    const { table } = await readTable({ source })
    expect(table.columns[0]!.kind).toBe('text')
  })

  test('formulas are written as they were read', async () => {
    const content = 'a,b\n=cmd(),1\n"=A1,2",2\n'
    const { table } = await readTable({ source: file('formula.csv', content) })
    const copy = join(folder, 'copy.csv')
    await writeTable(table, { path: copy })
    expect(readFileSync(copy, 'utf8')).toBe(content)
  })
})

describe('bad files', () => {
  const parquet = async (): Promise<string> => {
    const { table } = await readTable({ sql: 'select range as a from range(10000)' })
    const path = join(folder, 'whole.parquet')
    await writeTable(table, { path })
    return path
  }

  test('Parquet cut off at any place', async () => {
    const whole = readFileSync(await parquet())
    for (const share of [0.01, 0.5, 0.999]) {
      const source = file('cut.parquet', whole.subarray(0, Math.floor(share * whole.length)))
      await expect(readTable({ source })).rejects.toThrow(
        expect.objectContaining({ code: 'data/unreadable', where: source }),
      )
    }
  })

  const utf16 = Buffer.from('a,b\nä,1\nö,2\n', 'utf16le')
  const latin = Buffer.from('a,b\nä,1\nö,2\n', 'latin1')
  test.each([
    ['utf-16', utf16],
    ['latin-1', latin],
  ] as const)('%s is an error that names it, and read when told', async (encoding, bytes) => {
    const source = file(`${encoding}.csv`, bytes)
    await expect(readTable({ source })).rejects.toThrow(
      expect.objectContaining({ code: 'data/encoding', hint: expect.stringContaining(encoding) }),
    )
    const { table } = await readTable({ source, csv: { encoding } })
    expect([...table.columns[0]!.values]).toEqual(['ä', 'ö'])
  })

  test('a ragged row is found in the encoding that is told', async () => {
    const rows = `a,b,c\n${'ä,2,3\n'.repeat(30)}ä,2\n${'ö,5,6\n'.repeat(20)}ö,2,3,4\n`
    const source = file('ragged-latin.csv', Buffer.from(rows, 'latin1'))
    await expect(readTable({ source, csv: { encoding: 'latin-1' } })).rejects.toMatchObject({
      code: 'data/ragged-row',
    })
  })

  test('utf-16 with its mark is read untold, whichever end is first', async () => {
    const bytes = Buffer.from('\uFEFFa,b\nä,1\nö,2\n', 'utf16le')
    for (const source of [file('mark.csv', bytes), file('big.csv', Buffer.from(bytes).swap16())]) {
      const { table } = await readTable({ source })
      expect(table.columns.map(({ name, values }) => [name, [...values]])).toEqual([
        ['a', ['ä', 'ö']],
        ['b', [1, 2]],
      ])
    }
  })
})

describe('queries of several statements', () => {
  test('read attached databases', async () => {
    const path = join(folder, "o'db.duckdb")
    const instance = await DuckDBInstance.create(path)
    const connection = await instance.connect()
    await connection.run(`create table t as select range as a, 'x;y' as b from range(3)`)
    connection.closeSync()
    instance.closeSync()
    const quoted = path.replaceAll("'", "''")
    const { table } = await readTable({
      sql: `attach '${quoted}' as db; select * from db.t where b = 'x;y';`,
    })
    expect(table.columns.map(({ values }) => [...values])).toEqual([
      [0, 1, 2],
      ['x;y', 'x;y', 'x;y'],
    ])
  })

  test.each([
    ['data/sql', '', /no statement/],
    ['data/sql', 'this is no query', /could not be run/],
    ['data/sql', 'create table x (a int); select * from x', /only attach/],
    ['data/sql', "attach ':memory:' as m; attach ':memory:' as n", /could not be run/],
    ['data/no-such-file', "attach 'nowhere.duckdb' as db; select * from db.t", /no database nowhere/],
    ['data/no-such-file', "ATTACH IF NOT EXISTS 'nowhere.duckdb'; select 1", /no database nowhere/],
    ['data/no-such-file', "attach /* 'a' */ 'nowhere.duckdb' as db; select 1", /no database nowhere/],
    ['data/sql', "attach e'nowhere.duckdb' as db; select 1", /could not be run/],
    [
      'data/sql',
      "attach ':memory:' as db (type sqlite); select 1",
      /needs the DuckDB extension sqlite_scanner/,
    ],
  ])('%s: %s', async (code, sql, message) => {
    await expect(readTable({ sql })).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })
})
