import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import writeExcel, { type SheetData } from 'write-excel-file/node'
import { columnsOf } from '../fixtures.test-helper.ts'
import { readTable } from '../read.node.ts'
import { formatToWrite } from '../write.node.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield excel '))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

type Given = string | number | boolean | null | { readonly moment: string; readonly format: string }

/** Writes a workbook of these sheets; returns its path. */
async function workbook(name: string, sheets: Readonly<Record<string, readonly Given[][]>>): Promise<string> {
  const written = Object.entries(sheets).map(([sheet, rows]) => ({
    sheet,
    data: rows.map((row) => row.map(cellOf)) as SheetData,
  }))
  await writeExcel(written).toFile(at(name))
  return at(name)
}

function cellOf(given: Given): unknown {
  if (given === null || typeof given !== 'object') return given === null ? null : { value: given }
  return { value: new Date(given.moment), type: Date, format: given.format }
}

const day = (text: string): Given => ({ moment: `${text}T00:00:00Z`, format: 'yyyy-mm-dd' })
const time = (text: string): Given => ({ moment: `1899-12-30T${text}Z`, format: 'hh:mm:ss' })
const moment = (text: string): Given => ({ moment: `${text}Z`, format: 'yyyy-mm-dd hh:mm:ss' })

const people: Given[][] = [
  ['name', 'born', 'woken', 'seen', 'height', 'visits', 'member', 'code', 'dose'],
  ['Ada', day('1815-12-10'), time('08:30:00'), moment('2024-05-31T23:59:59'), 1.65, 3, true, '0017', 0.5],
  [null, day('1912-06-23'), time('07:00:01'), null, 1.78, null, false, '12', 'n/a'],
  ['Bob', null, null, moment('1999-01-01T08:20:00'), null, 12, null, '90071992547409931', 2],
]

describe('an Excel file', () => {
  test('is read by what its cells are', async () => {
    const source = await workbook('people.xlsx', { People: people })
    const { table } = await readTable({ source })
    expect(columnsOf(table)).toEqual([
      ['name', 'VARCHAR', ['Ada', null, 'Bob']],
      ['born', 'DATE', [-56_270, -21_011, Number.NaN]],
      ['woken', 'TIME', [30_600, 25_201, Number.NaN]],
      ['seen', 'TIMESTAMP', [Date.UTC(2024, 4, 31, 23, 59, 59) / 1000, Number.NaN, 915_178_800]],
      ['height', 'DOUBLE', [1.65, 1.78, Number.NaN]],
      ['visits', 'BIGINT', [3, Number.NaN, 12]],
      ['member', 'BOOLEAN', ['true', 'false', null]],
      ['code', 'VARCHAR', ['0017', '12', '90071992547409931']],
      ['dose', 'DOUBLE', [0.5, Number.NaN, 2]],
    ])
  })

  test('text that is all digits stays text, numbers do not', async () => {
    const source = await workbook('codes.xlsx', {
      Codes: [
        ['code', 'n'],
        ['12', 12],
        ['345', 345],
      ],
    })
    const { table } = await readTable({ source })
    expect(columnsOf(table)).toEqual([
      ['code', 'VARCHAR', ['12', '345']],
      ['n', 'BIGINT', [12, 345]],
    ])
  })

  test('the first sheet with cells is read, or the one that is named', async () => {
    const source = await workbook('several.xlsx', {
      Cover: [],
      'Year 1': [['a'], [1], [2]],
      'Year 2': [
        ['b', 'b'],
        [3, 4],
        [5, 6],
      ],
    })
    const first = await readTable({ source })
    expect(columnsOf(first.table)).toEqual([['a', 'BIGINT', [1, 2]]])
    expect(first.notes.join()).toMatch(/'Year 1', was read; its sheets are 'Cover', 'Year 1', 'Year 2'/)
    const second = await readTable({ source, sheet: 'Year 2' })
    expect(columnsOf(second.table).map(([name]) => name)).toEqual(['b', 'b_1'])
    expect(second.notes.join()).toMatch(/'b' is 'b_1' here/)
    await expect(readTable({ source, sheet: 'Year 3' })).rejects.toMatchObject({
      code: 'data/no-such-sheet',
      message: expect.stringContaining("'Cover', 'Year 1', 'Year 2'"),
    })
  })

  test('several are one table, by the names of their columns', async () => {
    await workbook('part-1.xlsx', {
      S: [
        ['a', 'b'],
        [1, 'x'],
      ],
    })
    await workbook('part-2.xlsx', {
      S: [
        ['b', 'a'],
        ['y', 2],
      ],
    })
    const { table } = await readTable({ source: at('part-*.xlsx') })
    expect(columnsOf(table)).toEqual([
      ['a', 'BIGINT', [1, 2]],
      ['b', 'VARCHAR', ['x', 'y']],
    ])
  })

  test('without a row of names has columns that are numbered', async () => {
    const source = await workbook('bare.xlsx', {
      S: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    })
    const { table, notes } = await readTable({ source })
    expect(columnsOf(table)).toEqual([
      ['column0', 'BIGINT', [1, 3, 5]],
      ['column1', 'BIGINT', [2, 4, 6]],
    ])
    expect(notes.join()).toMatch(/no row of column names/)
  })

  test('that is broken, empty or no Excel file is an error that says so', async () => {
    const whole = readFileSync(await workbook('whole.xlsx', { S: [['a'], [1]] }))
    writeFileSync(at('cut.xlsx'), whole.subarray(0, whole.length / 2))
    writeFileSync(at('text.xlsx'), 'a,b\n1,2\n')
    for (const name of ['cut.xlsx', 'text.xlsx'])
      await expect(readTable({ source: at(name) })).rejects.toMatchObject({
        code: 'data/unreadable',
        message: expect.stringContaining('could not be read as an Excel file'),
      })
    const source = await workbook('empty.xlsx', { S: [] })
    await expect(readTable({ source })).rejects.toMatchObject({ code: 'data/empty-file' })
  })

  test('has sheets, a text file has none', async () => {
    writeFileSync(at('plain.csv'), 'a\n1\n2\n')
    await expect(readTable({ source: at('plain.csv'), sheet: 'S' })).rejects.toMatchObject({
      code: 'data/no-such-sheet',
    })
  })

  test('is not written, and the error says what is', () => {
    expect(() => formatToWrite('rows.xlsx')).toThrow(
      expect.objectContaining({
        code: 'data/unknown-format',
        message: 'rows.xlsx cannot be written: xlsx is read only.',
        hint: 'End the name in .csv, .tsv, .parquet, .json, .jsonl.',
      }),
    )
  })
})
