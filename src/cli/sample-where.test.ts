import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RandomStream, ScorefieldError } from '../base/index.ts'
import { readTable } from '../data/node.ts'
import { type ConditionalProgress, openModel, sampleWhere } from '../run/node.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'
import { longSentence } from './sample.action.ts'

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
    // Counted are the rows of the sample up to the last one that was kept, and no batch is drawn in vain.
    await succeeded('sample', run, '-n', '4000', '-o', at('all.csv'))
    const all = readFileSync(at('all.csv'), 'utf8').trim().split('\n').slice(1)
    const fulfil = all.flatMap((line, row) => (line.startsWith('1,') ? [row] : []))
    const drawn = fulfil[4]! + 1
    expect(done.events().at(-1)).toMatchObject({ drawn })
    expect(done.err).toContain(`(${(500 / drawn).toPrecision(3)} %)`)
    const looked = done.events().filter(({ type }) => type === 'progress')
    expect(looked.at(-1)!['drawn']).toBeLessThan(drawn + 1024)
  })

  it('stopped, it gives the rows that it found', async () => {
    const opened = await openModel(run)
    const stop = new AbortController()
    const reason = new ScorefieldError({ kind: 'interrupted', code: 'command/stopped', message: 'Stopped.' })
    const seen: ConditionalProgress[] = []
    const condition = {
      condition: 'grade = 2',
      count: 1e6,
      seed: 0,
      sampler: 'heun',
      grid: 'karras',
      steps: 5,
    }
    const found = await sampleWhere(opened, {
      ...condition,
      signal: stop.signal,
      onProgress: (progress) => {
        seen.push(progress)
        if (progress.kept > 100) stop.abort(reason)
      },
    })
    expect(found.stopped).toBe(true)
    expect(found.drawn).toBe(seen.at(-1)!.drawn)
    expect(found.table.rowCount).toBe(seen.at(-1)!.kept)
    const again = await sampleWhere(opened, { ...condition, count: found.table.rowCount })
    expect(again.stopped).toBe(false)
    expect(again.table.columns).toEqual(found.table.columns)
    // With nothing found there is nothing to give.
    const now = sampleWhere(opened, { ...condition, signal: AbortSignal.abort(reason) })
    await expect(now).rejects.toBe(reason)
    await opened.fitted.dispose()
  })

  it('gives up where too little is found in its time, and says how rare it is', async () => {
    const opened = await openModel(run)
    const hopeless = {
      condition: 'grade + level > 1000',
      count: 5,
      seed: 0,
      sampler: 'heun',
      grid: 'karras',
      steps: 5,
    }
    const seen: number[] = []
    const search = sampleWhere(opened, {
      ...hopeless,
      patience: 0.1,
      onProgress: ({ drawn }) => seen.push(drawn),
    })
    await expect(search).rejects.toMatchObject({ kind: 'ability', code: 'sampling/condition-too-rare' })
    await expect(search).rejects.toThrow(
      /Of [\d,]+ rows drawn in [\d.]+ s, none fulfils .* fewer than 1 in \d+/,
    )
    expect(seen.at(-1)).toBeLessThan(60_000)
    await opened.fitted.dispose()
  })

  it('says of a long search how long it will be, before it is', () => {
    const found = { kept: 4, drawn: 8000, seconds: 3, secondsLeft: 72 }
    expect(longSentence(found, 100)).toMatch(
      /1 row in 2,000 .* 100 rows will take about 1 min 15 s. Ctrl-C stops/,
    )
    expect(longSentence({ ...found, secondsLeft: 10 }, 100)).toBe(undefined)
    expect(longSentence({ ...found, seconds: 0.5 }, 100)).toBe(undefined)
    expect(longSentence({ ...found, kept: 0, secondsLeft: undefined }, 100)).toMatch(
      /None of 8,000 .* the search ends/,
    )
  })

  it('goes on with a warning where only a part of the condition is a slip', async () => {
    const { err } = await succeeded('sample', run, '-n', '3', '--where', "word in ('god', 'poor')")
    expect(err).toMatch(/Warning: 'word' has no value 'god'. Did you mean 'good'\?/)
  })

  it.each([
    [['--where', 'grad >= 4'], /no column 'grad'. Did you mean 'grade'/],
    [['--where', 'grade >='], /cannot be read/],
    [['--where', 'true; drop table held'], /cannot be read|more than one/],
    [
      ['--given', 'level=0.5', '--given-method', 'rejection'],
      /'level' is continuous[\s\S]*--where "level between/,
    ],
    [['--given', 'wrd=good'], /no column 'wrd'. Did you mean 'word'/],
    [['--given', 'grade=high'], /'grade' is a column of numbers/],
    [['--given', 'grade'], /--given takes column=value/],
    [['--where', 'grade > 1', '--first', '5'], /--first .* does not go with/],
    [['--given', 'word=god'], /'word' has no value 'god'. Did you mean 'good'\?[\s\S]*'poor' and 'good'/],
    [['--given', 'word=Good'], /Did you mean 'good'/],
    [['--given', 'grade=7'], /'grade' has no value 7[\s\S]*1, 2, 3, 4 and 5/],
    [['--given', 'grade=2.5'], /'grade' has no value 2.5/],
    [['--given', 'grade='], /'grade' has no gaps|No row can fulfil .*NULL[\s\S]*no gaps/i],
    [['--given', 'day=2031-01-01'], /'day' has no value 2031-01-01[\s\S]*between 2024-01-1. and 2024-09-1/],
    [['--where', "word = 'good' and grade > 5"], /No row can fulfil .*grade > 5/],
    [['--where', 'level > 1e9'], /No row can fulfil .*level[\s\S]*'level' lies between/],
  ])('refuses %j before it draws', async (options, message) => {
    const { code, out, err } = await scorefield('sample', run, '-n', '5', '--json', ...options)
    expect(code).toBe(2)
    expect(err).toMatch(message)
    expect(out).not.toContain('progress')
  })
})
