import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { type ReadTableResult, readTable } from '../read.node.ts'
import { writeTable } from '../write.node.ts'
import type { CsvOptions } from './csv.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield csv '))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const read = (content: string | Uint8Array, csv: CsvOptions = {}, name = 'a.csv'): Promise<ReadTableResult> =>
  readTable({ source: file(name, content), csv })

const lines = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('')

/** What a table is once it was read and written again as CSV. */
const again = async ({ table }: ReadTableResult): Promise<string> => {
  const path = join(folder, 'again.csv')
  await writeTable(table, { path })
  return readFileSync(path, 'utf8')
}

const first = ({ table }: ReadTableResult): unknown[] => [...table.columns[0]!.values]

describe('no row is lost without a word', () => {
  test('rows that begin with # are rows', async () => {
    const content = `id,n\n${lines(120, (i) => `${i % 3 === 0 ? '#' : ''}${i},${i}`)}`
    const result = await read(content)
    expect(result.table.rowCount).toBe(120)
    expect(await again(result)).toBe(content)
  })

  test('also quoted ones, and a line in the middle that looks like a comment', async () => {
    const content = 'a,b\n"#1",1\n#x,2\n3,4\n'
    expect(first(await read(content))).toEqual(['#1', '#x', '3'])
    await expect(read(`a,b\n${lines(9, (i) => `${i},1`)}# a comment\n5,6\n`)).rejects.toMatchObject({
      code: 'data/ragged-row',
      where: expect.stringMatching(/line 11$/),
    })
  })

  test('what is left out is counted: comments, titles, empty lines', async () => {
    const { table, notes } = await read(`# by hand\n# in cm\nA title\na,b\nx,2\n\n\ny,4\r\n"z\n\nz",7\n\n`)
    expect(table.rowCount).toBe(3)
    expect(notes).toEqual([
      expect.stringMatching(/^2 lines above the table in .* begin with # and were left out \('# by hand'\)/),
      expect.stringMatching(/^The first line of .* left out \('A title'\)/),
      expect.stringMatching(/^2 lines of .* are empty and were left out/),
    ])
  })

  test('an empty line of a table of one column, too', async () => {
    const { table, notes } = await read('a\n1\n\n3\n\n')
    expect(table.rowCount).toBe(2)
    expect(notes).toEqual([expect.stringMatching(/^1 line of .* is empty and was left out/)])
  })
})

describe('names', () => {
  test.each([
    ['Age,AGE,age_1', []],
    ['"a ""b""",é,ａ,a.b,select', []],
    ['a,a_1,b', []],
    [' a,b ,c', [/Blanks around names of columns were left out: ' a', 'b '/]],
    ['a,a,a_1', [/'a' is 'a_2' here/]],
  ])('%s', async (names, notes) => {
    const result = await read(
      `${names}\n${lines(9, (i) => Array(names.split(',').length).fill(i).join(','))}`,
    )
    expect(result.notes).toEqual(notes.map((note) => expect.stringMatching(note)))
    if (notes.length === 0) expect((await again(result)).split('\n')[0]).toBe(names)
  })

  test('of several files are found by name, in whatever order', async () => {
    file('part1.csv', 'a,B,b\n1,2,3\n')
    file('part2.csv', 'b,a,B\n6,4,5\n')
    const { table } = await readTable({ source: join(folder, 'part?.csv') })
    expect(table.columns.map(({ name, values }) => [name, [...values]])).toEqual([
      ['a', [1, 4]],
      ['B', [2, 5]],
      ['b', [3, 6]],
    ])
  })
})

describe('digits', () => {
  const cases: [what: string, cells: string[], type: string, kind: string][] = [
    ['beyond 2^53', ['900719925474497426', '900719925476025457'], 'BIGINT', 'text'],
    ['UInt64', ['18446744073709551615', '1'], 'UBIGINT', 'text'],
    ['128 bits', ['170141183460469231731687303715884105727', '1'], 'HUGEINT', 'text'],
    ['more', ['1'.repeat(45), '2'], 'VARCHAR', 'text'],
    ['negative', ['-9007199254740993', '5'], 'BIGINT', 'text'],
    ['large, but exact', ['1000000000000000000', '9007199254740992'], 'BIGINT', 'number'],
    ['two decimals each', ['2.50', '3.00', '-0.25'], 'DOUBLE', 'number'],
    ['zeros in front', ['007', '012'], 'VARCHAR', 'text'],
  ]
  test.each(cases)('%s come back', async (_, cells, type, kind) => {
    const content = `a,b\n${lines(40, (i) => `${cells[i % cells.length]},${i}`)}`
    const result = await read(content)
    expect(result.table.columns[0]).toMatchObject({ kind, type })
    expect(await again(result)).toBe(content)
    expect(result.notes.filter((note) => /more digits than float64/.test(note))).toHaveLength(
      kind === 'text' && type !== 'VARCHAR' ? 1 : type === 'VARCHAR' && cells[0]!.length > 38 ? 1 : 0,
    )
  })

  test('measures of too many digits are rounded, and that is told; codes are kept', async () => {
    const measures = await read(`a\n${lines(30, (i) => `0.${i}12345678901234567891`)}`)
    expect(measures.table.columns[0]!.kind).toBe('number')
    expect(measures.notes).toEqual([expect.stringMatching(/^'a' has 30 numbers with more digits .* rounded/)])
    const codes = await read(`a\n${lines(30, (i) => `0.${i % 3}12345678901234567891`)}`)
    expect(codes.table.columns[0]!.kind).toBe('text')
    expect((await read(`a\n${lines(30, (i) => String(Math.sin(i)))}`)).notes).toEqual([])
  })
})

describe('gaps', () => {
  test('every word taken as a gap is told once, and comes back as it was', async () => {
    const content = 'a,b,c\n1,x,NA\nNA,?,2\n3,y,NA\n,z,4\nNA,w,5\n'
    const result = await read(content)
    expect(result.notes).toEqual([
      `These words were read as gaps: 'NA' in a (2), c (2); '?' in b (1). If they are words, set data.csv.gaps.`,
    ])
    expect(await again(result)).toBe('a,b,c\n1,x,NA\nNA,?,2\n3,y,NA\nNA,z,4\nNA,w,5\n')
  })

  test('NA is a word among the codes of countries, and a gap where told, or among other words', async () => {
    const codes = ['DE', 'FR', 'NA', 'GB', 'US', 'CH']
    const content = `land,n\n${lines(60, (i) => `${codes[i % 6]},${i}`)}`
    const result = await read(content)
    expect(first(result).slice(0, 3)).toEqual(['DE', 'FR', 'NA'])
    expect(result.notes).toEqual([expect.stringMatching(/^'NA' \(10\) of 'land' was kept as a word/)])
    expect(first(await read(content, { gaps: ['NA'] }))[2]).toBeNull()
    expect(first(await read(content.replaceAll('DE', 'Germany')))[2]).toBeNull()
    expect(first(await read(`sex,n\n${lines(60, (i) => `${['M', 'F', 'NA'][i % 3]},${i}`)}`))[2]).toBeNull()
  })

  test('a number may be told to be a gap', async () => {
    expect(first(await read('a,b\n-999,1\n2,3\n', { gaps: ['-999'] }))).toEqual([Number.NaN, 2])
  })
})

describe('ways of writing', () => {
  const plain = `a,b,c\n${lines(9, (i) => `${i},${i / 2 - 1},${'xy'[i % 2]}`)}`
  const cases: [what: string, content: string | Uint8Array, csv?: CsvOptions, name?: string][] = [
    ['blanks', plain.replaceAll(',', ' ')],
    ['aligned blanks', plain.replace(/^/gm, '  ').replaceAll(',', '     ')],
    ['tabs', plain.replaceAll(',', '\t')],
    ['semicolons', plain.replaceAll(',', ';')],
    ['CRLF', plain.replaceAll('\n', '\r\n')],
    ['CR', plain.replaceAll('\n', '\r')],
    ['line ends of two kinds', plain.replace('\n', '\r\n')],
    ['a byte-order mark', `\uFEFF${plain}`],
    ['UTF-16', Buffer.from(`\uFEFF${plain}`, 'utf16le')],
    ['no line end at the end', plain.trimEnd()],
    ['gzip', gzipSync(plain), {}, 'a.csv.gz'],
    ['gzip of blanks', gzipSync(plain.replaceAll(',', ' ')), {}, 'a.txt.gz'],
  ]
  test.each(cases)('%s', async (_, content, csv = {}, name = 'a.csv') => {
    const result = await read(content, csv, name)
    expect(result.notes).toEqual([])
    expect(result.table.columns.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'BIGINT'],
      ['b', 'DOUBLE'],
      ['c', 'VARCHAR'],
    ])
    expect((await again(result)).replaceAll('-1.0', '-1')).toBe(plain)
  })

  test('letters and signs of Windows in a file that is told to be latin-1', async () => {
    const bytes = Buffer.from(
      [...'Gr\u00f6\u00dfe;Ort \u0093x\u0094 (\u0080)\n164,0;K\u00f6ln\n151,3;\u0080\n'].map((c) =>
        c.charCodeAt(0),
      ),
    )
    const { table } = await read(bytes, { encoding: 'latin-1', decimalSeparator: ',' })
    expect(table.columns.map(({ name, values }) => [name, [...values]])).toEqual([
      ['Größe', [164, 151.3]],
      ['Ort “x” (€)', ['Köln', '€']],
    ])
  })

  test('one semicolon among words is told, not taken for a delimiter', async () => {
    const { table, notes } = await read(`note\n${lines(50, (i) => `word${i % 5}`)}a;b\n`)
    expect([table.columns.length, table.rowCount, table.columns[0]!.values[50]]).toEqual([1, 51, 'a;b'])
    expect(notes).toEqual([
      expect.stringMatching(/one cell, though 1 line holds a ';'; set data\.csv\.delimiter/),
    ])
  })

  test('a cell of blanks set apart by quotes', async () => {
    const { table } = await read(`town n\n${lines(5, (i) => `"New  York" ${i}`)}`)
    expect([...table.columns[0]!.values]).toEqual(Array(5).fill('New  York'))
  })
})
