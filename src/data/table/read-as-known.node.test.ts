import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../cli/command-line.test-helper.ts'
import { knownColumns, TableEncoding } from './encoding/index.ts'
import { readTable } from './read.node.ts'
import { type Column, columnWords, type Table, takeRows } from './table.ts'

const folder = temporaryFolder()
const two = (n: number): string => String(n).padStart(2, '0')
const group = (n: number, mark: string): string => String(n).replace(/(?=(\d{3})+$)(?!^)/g, mark)

/** Each column's cell in row i. Rows 0, 1 and 2 alone show nothing of how the column is written; the others do. */
const cellsOf: Readonly<Record<string, (i: number) => string>> = {
  day_first: (i) => `${two(1 + (i % (i < 3 ? 12 : 28)))}/${two(1 + ((i + 3) % 12))}/2021`,
  month_first: (i) => `${two(1 + ((i + 3) % 12))}/${two(1 + (i % (i < 3 ? 12 : 28)))}/2021`,
  two_digits: (i) => `${two(1 + (i % (i < 3 ? 12 : 28)))}.${two(1 + (i % 12))}.${two(1 + (i % 12))}`,
  moment: (i) => `0${1 + (i % 9)}.0${1 + (i % (i < 3 ? 9 : 7))}.2021 ${two(i % 24)}:15`,
  compact: (i) => `2021${two(1 + (i % 12))}${two(1 + (i % 28))}`,
  number_like_a_day: (i) => (i < 3 ? `2021010${1 + i}` : String(1000 + 37 * i)),
  german: (i) => (i < 3 ? `${1 + i}.${200 + i}` : `${group(1000 + i, '.')},${two(i % 100)}`),
  english: (i) => (i < 3 ? `${1 + i},${200 + i}` : `${group(1000 + 17 * i, ',')}.5`),
  euro: (i) => (i < 3 ? `${1 + i}.200 €` : `${group(1000 + 3 * i, '.')},50 €`),
  comma: (i) => (i < 3 ? String(4 + i) : `${i % 50},${i % 10}`),
  codes: (i) => (i < 3 ? String(10 + i) : two(i % 20)),
  decimals_as_words: (i) => (i < 3 ? `1.${i}0` : ['1.10', '1.00', '1.20', '2a'][i % 4]!),
  long: (i) => (i < 3 ? String(71 + (i % 2)) : ['71', '72', '9007199254740993'][i % 3]!),
  country: (i) => ['NA', 'DE', 'FR', 'NL', 'BE', 'AT'][i < 3 ? 0 : i % 6]!,
  grade: (i) => (i < 3 ? ['NA', 'A', 'B'][i]! : ['A', 'B', 'good', 'NA'][i % 4]!),
  score: (i) => (i < 3 || i % 5 === 0 ? 'NA' : String(i % 70)),
  words_like_days: (i) => (i < 3 ? '2021-03-04' : ['2021-03-04', 'never', 'often'][i % 3]!),
}
const names = Object.keys(cellsOf)
const line = (i: number): string => names.map((name) => cellsOf[name]!(i)).join(';')
const fileOf = (name: string, lines: readonly string[]): string => {
  const path = join(folder, name)
  writeFileSync(path, `${names.join(';')}\n${lines.join('\n')}\n`)
  return path
}
const count = 400
const all = Array.from({ length: count }, (_, i) => line(i))
const { table: whole } = await readTable({ source: fileOf('whole.csv', all) })
const as = knownColumns(
  TableEncoding.fit({
    table: whole,
    leastRowsPerWord: 1,
    columns: { long: { as: 'category', personal: 'keep' }, codes: { as: 'category', personal: 'keep' } },
  }).encoding,
)
const few = fileOf('few.csv', all.slice(0, 3))

const contentOf = (column: Column): unknown =>
  column.kind === 'number' ? [...column.values] : columnWords(column)
const contents = (table: Table): Record<string, unknown> =>
  Object.fromEntries(table.columns.map((column) => [column.name, contentOf(column)]))

describe('a few rows of a file, read as the file was', () => {
  it('are what they are in the whole file', async () => {
    expect([...as.keys()]).toEqual(names)
    const { table, notes } = await readTable({ source: few, as })
    expect(contents(table)).toEqual(contents(takeRows(whole, Int32Array.of(0, 1, 2))))
    expect(notes.filter((note) => !/^These words were read as gaps/.test(note))).toEqual([])
  })

  it('are something else without: the law can fail', async () => {
    const found = contents((await readTable({ source: few })).table)
    const right = contents(takeRows(whole, Int32Array.of(0, 1, 2)))
    const wrong = names.filter((name) => JSON.stringify(found[name]) !== JSON.stringify(right[name]))
    for (const name of ['month_first', 'number_like_a_day', 'german', 'country', 'decimals_as_words'])
      expect(wrong, name).toContain(name)
  })

  it('are read as they look where they are written otherwise, and that is told', async () => {
    const cells = Object.fromEntries(names.map((name) => [name, cellsOf[name]!(7)]))
    const other: Record<string, string> = {
      ...cells,
      day_first: '2021-11-08',
      euro: '1021.5',
      moment: '2021-01-08 07:15:00',
    }
    const path = fileOf('other.csv', [names.map((name) => other[name]!).join(';')])
    const { table, notes } = await readTable({ source: path, as })
    expect(contents(table)).toEqual(contents(takeRows(whole, Int32Array.of(7))))
    for (const name of ['day_first', 'euro', 'moment'])
      expect(notes.filter((note) => note.includes(`'${name}' is not written as`))).toHaveLength(1)
    expect(notes.filter((note) => !/^These words were read as gaps/.test(note))).toHaveLength(3)
  })

  it.each([
    [
      'day_first',
      '31/02/2021',
      /holds text, but .* days there, written as %d\/%m\/%Y.*'31\/02\/2021' in row 1/,
    ],
    ['day_first', '7', /holds plain numbers, but the model was trained on days there/],
    ['score', 'few', /holds text, but the model was trained on plain numbers there.*'few' in row 1/],
  ])('are refused where %s is %s', async (name, cell, message) => {
    const path = fileOf('bad.csv', [names.map((n) => (n === name ? cell : cellsOf[n]!(7))).join(';')])
    await expect(readTable({ source: path, as })).rejects.toMatchObject({
      code: 'data/column-kind',
      message: expect.stringMatching(message),
    })
  })
})

describe('types of other formats', () => {
  const known = new Map([
    [
      'moment',
      { kind: 'number', type: 'TIMESTAMP', calendar: { unit: 'timestamp', format: '%d.%m.%Y %H:%M' } },
    ],
    ['day', { kind: 'number', type: 'DATE', calendar: { unit: 'date', format: '%d.%m.%Y' } }],
    ['flag', { kind: 'text', type: 'VARCHAR', words: new Set(['TRUE', 'FALSE']) }],
    ['truth', { kind: 'text', type: 'BOOLEAN', words: new Set(['true', 'false']) }],
    ['bit', { kind: 'number', type: 'BIGINT' }],
  ] as const)
  const first = async (sql: string): Promise<unknown> => contents((await readTable({ sql, as: known })).table)

  it('are brought to what is known', async () => {
    expect(
      await first(
        "select date '1970-01-03' as moment, timestamp '1970-01-03 00:00:00' as day, true as flag, 'FALSE' as truth, true as bit",
      ),
    ).toEqual({ moment: [172_800], day: [2], flag: ['TRUE'], truth: ['false'], bit: [1] })
  })

  it('are refused where they say less or more', async () => {
    for (const sql of [
      "select timestamp '1970-01-03 10:00:00' as day",
      'select 3 as day',
      "select date '1970-01-03' as bit",
      "select time '10:00:00' as moment",
    ])
      await expect(first(sql)).rejects.toMatchObject({ code: 'data/column-kind' })
  })
})
