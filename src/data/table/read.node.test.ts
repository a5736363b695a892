import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { plainCsv, wineFile } from './fixtures.test-helper.ts'
import { csv } from './formats.ts'
import { type ReadTableOptions, type ReadTableResult, readTable } from './read.node.ts'
import { tableText } from './text.ts'
import { writeTable } from './write.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield read '))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** Name, type and values of each column, for short expectations. */
function columns({ table }: ReadTableResult): [string, string, (string | number | null)[]][] {
  return table.columns.map(({ name, type, values }) => [name, type, [...values]])
}

const read = async (name: string, content: string | Uint8Array): Promise<ReadTableResult> =>
  readTable({ source: file(name, content) })

describe('the wine table', () => {
  test('every number is that of a plain reading of the file', async () => {
    const [names, ...rows] = plainCsv(readFileSync(wineFile, 'utf8'), ';')
    const { table, notes } = await readTable({ source: wineFile })
    expect(notes).toEqual([])
    expect(table.rowCount).toBe(4898)
    expect(table.rowCount).toBe(rows.length)
    expect(table.columns.map(({ name }) => name)).toEqual(names)
    for (const [index, column] of table.columns.entries()) {
      expect(column.values).toEqual(Float64Array.from(rows, (cells) => Number(cells[index])))
    }
    const decimals = table.columns.map((column) => (column.kind === 'number' ? column.decimals : -1))
    expect(decimals).toEqual([2, 3, 2, 2, 3, 1, 1, 6, 2, 2, 14, 0])
  })
})

describe('separated text', () => {
  test('tabs, a byte order mark, CRLF, quotes, text and gaps of all spellings', async () => {
    const content = '\uFEFFname\tx "y"\tn\r\n"a ""b"""\t1.5\t1\r\nNA\t?\t\r\nc\tNaN\t-3\r\n'
    expect(columns(await read('gaps.tsv', content))).toEqual([
      ['name', 'VARCHAR', ['a "b"', null, 'c']],
      ['x "y"', 'DOUBLE', [1.5, Number.NaN, Number.NaN]],
      ['n', 'BIGINT', [1, Number.NaN, -3]],
    ])
  })

  test('codes with leading zeros and truth values stay the text that they are, dates are days', async () => {
    const content = 'zip,yes,day,v\n00123,T,2020-01-31,1\n00456,F,2020-02-01,2\n'
    expect(columns(await read('codes.csv', content)).slice(0, 3)).toEqual([
      ['zip', 'VARCHAR', ['00123', '00456']],
      ['yes', 'VARCHAR', ['T', 'F']],
      ['day', 'DATE', [18_292, 18_293]],
    ])
  })

  test('dates and times come back in the form that they were written in', async () => {
    const content = [
      'd,t,ts,v',
      '31/12/2020,08:30:00,31/12/2020 08:30:00,1',
      '01/02/2021,,15/03/2021 10:00:00,2',
      '',
    ].join('\n')
    const { table } = await read('dates.csv', content)
    expect(table.columns.map((column) => column.kind)).toEqual(['number', 'number', 'number', 'number'])
    expect([...tableText(table, csv)].join('')).toBe(content)
    const parquet = join(folder, 'dates.parquet')
    await writeTable(table, { path: parquet })
    const again = (await readTable({ source: parquet })).table
    expect(again.columns.map(({ type }) => type)).toEqual(['DATE', 'TIME', 'TIMESTAMP', 'BIGINT'])
    expect(again.columns.map(({ values }) => [...values])).toEqual(
      table.columns.map(({ values }) => [...values]),
    )
  })

  test('says when the order of day and month is a guess', async () => {
    const { notes } = await read('guess.csv', 'd,n\n01/02/2020,1\n03/04/2020,2\n')
    expect(notes).toEqual([expect.stringMatching(/'d' was read as day first .* the other way round/)])
  })

  test('a first line that counts the table is no header', async () => {
    const counted = await read('counted.csv', '3,2,yes\n1.5,2,0\n2.5,3,1\n3.5,4,0\n')
    expect(columns(counted)).toEqual([
      ['column0', 'DOUBLE', [1.5, 2.5, 3.5]],
      ['column1', 'BIGINT', [2, 3, 4]],
      ['column2', 'BIGINT', [0, 1, 0]],
    ])
    expect(counted.notes).toEqual([expect.stringMatching(/counts the table \(3, 2, yes\)/)])
  })

  test('without names columns are numbered, and that is said', async () => {
    const result = await read('bare.csv', '1,2\n3,4\n5,6\n')
    expect(columns(result)).toEqual([
      ['column0', 'BIGINT', [1, 3, 5]],
      ['column1', 'BIGINT', [2, 4, 6]],
    ])
    expect(result.notes).toEqual([expect.stringMatching(/no line of column names.*column0, column1/)])
  })

  test('names that look like numbers are pointed out', async () => {
    const { notes } = await read('numbers.csv', '150,4,setosa\n5.1,3.5,0.5\n4.9,3,0.25\n')
    expect(notes).toEqual([expect.stringMatching(/taken as column names.*150, 4/)])
  })

  test('a first line that does not fit is left out, and that is said', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${i},${i / 2},${i % 3},7`).join('\n')
    const { table, notes } = await read('first.csv', `30,3,one\n${rows}\n`)
    expect(table.rowCount).toBe(30)
    expect(notes[0]).toMatch(/first line.*left out/)
  })

  test('what is told is not looked for', async () => {
    const source = file('told.csv', 'a;b\n1,5;2\n3,25;x\n')
    const told = await readTable({ source, csv: { decimalSeparator: ',', gaps: ['x'] } })
    expect(columns(told)).toEqual([
      ['a', 'DOUBLE', [1.5, 3.25]],
      ['b', 'BIGINT', [2, Number.NaN]],
    ])
    expect([...tableText(told.table, csv)].join('')).toBe('a,b\n"1,5",2\n"3,25",x\n')
    const headed = await readTable({ source: file('headed.csv', '1,2\n3,4\n'), csv: { header: true } })
    expect(columns(headed).map(([name]) => name)).toEqual(['1', '2'])
  })

  test('other encodings, when told', async () => {
    const source = file('latin.csv', Buffer.from('café,b\n1,2\n3,4\n', 'latin1'))
    expect(columns(await readTable({ source, csv: { encoding: 'latin-1' } }))[0]![0]).toBe('café')
  })

  test('a type is decided by the whole file', async () => {
    const content = `v\n${Array.from({ length: 30_000 }, (_, i) => i).join('\n')}\n0.5\n`
    const { table } = await read('late.csv', content)
    expect(table.columns[0]).toMatchObject({ type: 'DOUBLE', decimals: 1 })
    expect(table.columns[0]!.values[30_000]).toBe(0.5)
    expect(table.columns[0]!.values[29_999]).toBe(29_999)
  })
})

describe('names of files', () => {
  test.each([
    'with space',
    "it's",
    'say "x"',
    'emoji 😀',
    'a[1]',
    'star*',
    'what?',
    'semi;colon',
    '$HOME',
    '100%',
  ])('a file and a folder called %s', async (name) => {
    const result = await read(join(name, `${name}.csv`), 'a,b\n1,2\n3,4\n')
    expect(columns(result)).toEqual([
      ['a', 'BIGINT', [1, 3]],
      ['b', 'BIGINT', [2, 4]],
    ])
  })

  test('a pattern reads all files that match, in the order of their names', async () => {
    for (const part of [2, 1, 3]) file(`parts/p${part}.csv`, `a,b\n${part},1.5\n${part},2.5\n`)
    const { table } = await readTable({ source: join(folder, 'parts/*.csv') })
    expect([...table.columns[0]!.values]).toEqual([1, 1, 2, 2, 3, 3])
  })
})

describe('JSON', () => {
  const expected = [
    ['a', 'DOUBLE', [1, 2.5]],
    ['b', 'VARCHAR', ['x', null]],
    ['ok', 'BOOLEAN', ['true', 'false']],
  ]
  const records = ['{"a":1,"b":"x","ok":true}', '{"a":2.5,"b":null,"ok":false}']

  test('an array', async () => {
    expect(columns(await read('rows.json', `[${records.join(',')}]`))).toEqual(expected)
  })

  test('lines', async () => {
    expect(columns(await read('rows.jsonl', records.join('\n')))).toEqual(expected)
  })
})

describe('queries', () => {
  test('columns as selected', async () => {
    const source = file("o'query.csv", 'a,b\n1,2\n3,4\n')
    const sql = `select b + 0.5 as half, a from '${source.replaceAll("'", "''")}' order by a desc;`
    const { table } = await readTable({ sql })
    expect(table.columns.map(({ name, values }) => [name, [...values]])).toEqual([
      ['half', [4.5, 2.5]],
      ['a', [3, 1]],
    ])
  })

  test('numbers of every type', async () => {
    const sql = `select 0.1::float as f, 1.25::decimal(9,2) as d, 7::utinyint as u, true as t, 9007199254740993::bigint as big,
      'inf'::double as i`
    const { table, notes } = await readTable({ sql })
    expect(table.columns.map(({ type, values }) => [type, values[0]])).toEqual([
      ['FLOAT', 0.1],
      ['DECIMAL(9,2)', 1.25],
      ['UTINYINT', 7],
      ['BOOLEAN', 'true'],
      // Held as text, for float64 would make it …992.
      ['BIGINT', '9007199254740993'],
      ['DOUBLE', Number.NaN],
    ])
    expect(notes).toEqual([
      expect.stringMatching(
        /^'big' has 1 number \(BIGINT\) with more digits than float64 holds; .* kept exactly/,
      ),
      `Infinite values of 'i' are taken as gaps: 1.`,
    ])
  })
})

describe('errors', () => {
  const inFolder = (name: string): ReadTableOptions => ({ source: join(folder, name) })
  const cases: [string, () => ReadTableOptions, RegExp][] = [
    ['data/no-such-file', () => inFolder('nope.csv'), /There is no file/],
    ['data/no-such-file', () => inFolder('nope*.csv'), /No file matches/],
    ['data/no-such-file', () => ({ source: 'https://example.org/a.csv' }), /There is no file/],
    ['data/folder', () => ({ source: folder }), /is a folder/],
    ['data/empty-file', () => ({ source: file('empty.csv', '') }), /is empty/],
    ['data/empty-file', () => ({ source: file('blank.csv', '\n\n') }), /is empty/],
    ['data/empty-file', () => ({ source: file('empty.json', '[]') }), /is empty/],
    ['data/no-rows', () => ({ source: file('header.csv', 'a,b,c\n') }), /columns \(a, b, c\) but no rows/],
    ['data/no-rows', () => ({ sql: 'select 1 as x where false' }), /but no rows/],
    [
      'data/ragged-row',
      () => ({ source: file('ragged.csv', 'a,b\n1,2\n3,4,5\n6,7\n8,9\n') }),
      /Line 3 of .* has 3 cells, the others 2: 3,4,5/,
    ],
    ['data/encoding', () => ({ source: file('l.csv', Buffer.from('é,b\n1,2\n', 'latin1')) }), /not UTF-8/],
    ['data/unreadable', () => ({ source: file('bad.parquet', 'not parquet at all') }), /could not be read/],
    ['data/unreadable', () => ({ source: file('bad.json', '[{"a":') }), /could not be read/],
    ['data/sql', () => ({ sql: 'selec 1' }), /could not be run/],
    ['data/sql', () => ({ sql: 'select 1; select 2' }), /2 statements/],
    ['data/sql', () => ({ sql: `copy (select 1) to '${folder}/stolen.csv'` }), /could not be run/],
    ['data/sql', () => ({ sql: `select * from 'nowhere.parquet'` }), /could not be run/],
  ]

  test.each(cases)('%s (%#)', async (code, options, message) => {
    const failure = expect.objectContaining({
      code,
      kind: 'data',
      message: expect.stringMatching(message),
      where: expect.any(String),
      hint: expect.any(String),
    })
    await expect(readTable(options())).rejects.toThrow(failure)
  })

  test('a ragged row is named by its line', async () => {
    const source = file('ragged2.csv', 'a,b\n1,2\n3,4,5\n6,7\n8,9\n')
    await expect(readTable({ source })).rejects.toThrow(
      expect.objectContaining({ where: `${source}, line 3` }),
    )
  })

  test('files of different columns, and of different formats', async () => {
    file('mixed/a.csv', 'a,b\n1,2\n')
    file('mixed/b.csv', 'c\n1\n')
    file('mixed/c.json', '[{"a":1}]')
    const code = (code: string) => expect.objectContaining({ code })
    await expect(readTable(inFolder('mixed/*.csv'))).rejects.toThrow(code('data/columns-differ'))
    await expect(readTable(inFolder('mixed/*'))).rejects.toThrow(code('data/mixed-formats'))
  })
})
