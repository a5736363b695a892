import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { readTable } from '../data/node.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const run = at('run')

beforeAll(async () => {
  const z = new RandomStream({ seed: 3, name: 'rows' }).normal({ first: 0, count: 400, width: 2 })
  const lines = Array.from({ length: 400 }, (_, i) => {
    const grade = Math.max(1, Math.min(5, Math.round(3 + z[2 * i]!)))
    const day = `2024-0${1 + (i % 9)}-1${i % 10}`
    return `${grade},${z[2 * i + 1]},${grade > 3 ? 'good' : i % 7 ? 'poor' : ''},${day}`
  })
  writeFileSync(at('rows.csv'), `grade,level,word,day\n${lines.join('\n')}\n`)
  await succeeded('train', at('rows.csv'), '--steps', '300', '--out', run, '--no-pictures', ...tinyModel)
}, 60_000)

const rows = async (...options: string[]): Promise<Record<string, (string | number | null)[]>> => {
  const file = at('out.csv')
  await succeeded('sample', run, '-n', '50', '-o', file, ...options)
  const { table } = await readTable({ source: file })
  expect(table.rowCount).toBe(50)
  return Object.fromEntries(table.columns.map(({ name, values }) => [name, [...values]]))
}

describe('sample --where and --given', () => {
  it('gives only rows that fulfil the condition, gaps and dates included', async () => {
    const found = await rows('--where', "grade >= 4 and day < '2024-06-01'")
    expect(found['grade']!.every((value) => Number(value) >= 4)).toBe(true)
    // 2024-06-01 is day 19,875.
    expect(found['day']!.every((value) => Number(value) < 19_875)).toBe(true)
    expect((await rows('--given', 'word=', '--given', 'grade=2'))['word']).toEqual(new Array(50).fill(null))
    expect(new Set((await rows('--given', 'word=good'))['word'])).toEqual(new Set(['good']))
  })

  it('keeps the rows of the unconditional sample that fulfil it, in their order', async () => {
    await succeeded('sample', run, '-n', '400', '-o', at('all.csv'))
    const all = readFileSync(at('all.csv'), 'utf8').trim().split('\n').slice(1)
    const expected = all.filter((line) => Number(line.split(',')[0]) >= 4).slice(0, 20)
    await succeeded('sample', run, '-n', '20', '-o', at('some.csv'), '--where', 'grade >= 4')
    expect(readFileSync(at('some.csv'), 'utf8').trim().split('\n').slice(1)).toEqual(expected)
  })

  it('says how many rows were drawn', async () => {
    const done = await succeeded(
      'sample',
      run,
      '-n',
      '5',
      '--where',
      'grade = 1',
      '-o',
      at('few.csv'),
      '--json',
    )
    expect(done.events().at(-1)).toMatchObject({ type: 'done', rows: 5, condition: '(grade = 1)' })
    expect(done.err).toMatch(/5 rows of [\d,]+ drawn fulfil the condition/)
  })

  it.each([
    [['--where', 'grad >= 4'], /no column 'grad'. Did you mean 'grade'/],
    [['--where', 'grade >='], /cannot be read/],
    [['--where', 'true; drop table held'], /cannot be read|more than one/],
    [['--given', 'level=0.5'], /'level' is continuous[\s\S]*--where "level between/],
    [['--given', 'wrd=good'], /no column 'wrd'. Did you mean 'word'/],
    [['--given', 'grade=high'], /'grade' is a column of numbers/],
    [['--given', 'grade'], /--given takes column=value/],
    [['--where', 'grade > 1', '--first', '5'], /--first .* does not go with/],
  ])('refuses %j', async (options, message) => {
    const { code, err } = await scorefield('sample', run, '-n', '5', ...options)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })
})
