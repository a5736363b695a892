import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTable } from '../data/node.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)

const lines = Array.from({ length: 120 }, (_, i) => {
  const low = ((i * 7) % 50) + 1
  return `${low},${low + ((i * 13) % 20)},${i % 3 ? 'white' : 'red'},A${100 + i}`
})
writeFileSync(at('rows.csv'), `low,high,colour,id\n${lines.join('\n')}\n`)

describe('inspect', () => {
  it('says what each column is, the rules, and what to do', async () => {
    const { out } = await succeeded('inspect', at('rows.csv'))
    expect(out).toMatch(/^120 rows, 4 columns, 0 repeated rows/)
    expect(out).toMatch(/colour {2}categorical {2}white 67 %, red 33 %/)
    expect(out).toMatch(/id {6}identifier[\s\S]*?not modelled/)
    expect(out).toContain("'low' ≤ 'high' in all 120 rows")
    expect(out).toContain('120 rows are few')
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(110)
  })

  it('tells events with --json', async () => {
    const { events } = await succeeded('inspect', at('rows.csv'), '--json')
    expect(events().at(-1)).toMatchObject({ type: 'done', rowCount: 120, duplicateRows: 0 })
  })

  it('writes settings that can be edited and trained by; rules are kept where that is said', async () => {
    const settings = at('data.json')
    await succeeded('inspect', at('rows.csv'), '--write', settings)
    const written = JSON.parse(readFileSync(settings, 'utf8'))
    expect(Object.keys(written.data.columns)).toEqual(['low', 'high', 'colour', 'id'])
    written.data.columns.id.as = 'skip'
    written.data.rules = 'keep'
    writeFileSync(settings, JSON.stringify(written))
    const done = await succeeded(
      'train',
      '--config',
      settings,
      '--steps',
      '30',
      '--out',
      at('run'),
      ...tinyModel,
    )
    expect(done.err).toContain("Rule: 'low' ≤ 'high' in all 120 rows; samples keep it.")
    await succeeded('sample', at('run'), '-n', '300', '-o', at('new.csv'))
    const { table } = await readTable({ source: at('new.csv') })
    expect(table.columns.map(({ name }) => name)).toEqual(['low', 'high', 'colour'])
    const [low, high] = table.columns.map(({ values }) => values as Float64Array) as [
      Float64Array,
      Float64Array,
    ]
    expect(low.every((value, row) => value <= high[row]!)).toBe(true)
  }, 60_000)

  it('what a column determines is left out of the model and computed; with keep its orders hold, too', async () => {
    const rows = Array.from({ length: 150 }, (_, i) => {
      const q = 1 + ((i * 7) % 12)
      return `${q},${(q + 0.5 + ((i * 37) % 500) / 100).toFixed(2)},${-q},${q % 2 ? 'odd' : 'even'}`
    })
    writeFileSync(at('kept.csv'), `q,t,neg,parity\n${rows.join('\n')}\n`)
    const { out } = await succeeded('inspect', at('kept.csv'))
    expect(out).toMatch(/neg[\s\S]*computed from the other columns: 'neg' = −'q'/)
    const done = await succeeded('train', at('kept.csv'), '--steps', '20', '--out', at('kept'), ...tinyModel)
    expect(done.err).toContain("Rule: 'neg' = −'q' in all 150 rows; samples keep it.")
    expect(done.err).toContain("Rule: 'q' ≤ 't' in all 150 rows.")
    const kept = ['--set', 'data.rules=keep', '--steps', '20', '--out', at('kept-2')]
    await succeeded('train', at('kept.csv'), ...kept, ...tinyModel)
    for (const [run, orders] of [
      ['kept', false],
      ['kept-2', true],
    ] as const) {
      await succeeded('sample', at(run), '-n', '2000', '-o', at('new.csv'))
      const { table } = await readTable({ source: at('new.csv') })
      const [q, t, neg, parity] = table.columns.map(({ values }) => values) as never as [
        number[],
        number[],
        number[],
        string[],
      ]
      expect(q.every((value, row) => neg[row] === -value)).toBe(true)
      expect(q.every((value, row) => parity[row] === (value % 2 ? 'odd' : 'even'))).toBe(true)
      if (orders) expect(q.every((value, row) => value <= t[row]!)).toBe(true)
    }
    writeFileSync(at('broken.csv'), 'q,t,neg,parity\n3,9.50,-3,odd\n3,9.50,3,odd\n4,9.60,-4,odd\n')
    const scored = await succeeded('score', at('kept'), at('broken.csv'), '-o', at('scores.csv'))
    expect(scored.err).toContain("1 row breaks 'neg' = −'q' (row 2)")
    const scores = readFileSync(at('scores.csv'), 'utf8').trim().split('\n')
    expect(scores.map((line) => /breaks its rule/.test(line))).toEqual([false, false, true, true])
  }, 60_000)

  it('describes what training would see by itself; train takes the file in the place of the table', async () => {
    await succeeded('inspect', at('rows.csv'), '--write', at('described.json'))
    const encodings = []
    for (const source of ['rows.csv', 'described.json']) {
      const run = at(`run-${source}`)
      await succeeded('train', at(source), '--steps', '2', '--out', run, '--no-pictures', ...tinyModel)
      const { encoding } = JSON.parse(readFileSync(join(run, 'data.json'), 'utf8'))
      encodings.push(encoding)
    }
    expect(encodings[1]).toEqual(encodings[0])
  }, 60_000)

  it('trains by what a person says that a column is, though the file names the encoder of what it was', async () => {
    await succeeded('inspect', at('rows.csv'), '--write', at('edited.json'))
    const written = JSON.parse(readFileSync(at('edited.json'), 'utf8'))
    expect(written.data.columns.low.encoder).toBeDefined()
    written.data.columns.low.as = 'category'
    written.data.columns.colour.as = 'text'
    writeFileSync(at('edited.json'), JSON.stringify(written))
    const run = ['--steps', '5', '--out', at('edited'), '--no-pictures', ...tinyModel]
    await succeeded('train', at('edited.json'), ...run)
    const { encoding } = JSON.parse(readFileSync(join(at('edited'), 'data.json'), 'utf8'))
    expect(encoding.columns.map(({ role }: { role: string }) => role)).toEqual([
      'category',
      'number',
      'text',
      'identifier',
    ])
  }, 60_000)

  it.each([
    [{ colums: {} }, /data\.colums is no setting|Did you mean data\.columns/],
    [{ columns: { low: { as: 'numbr' } } }, /data\.columns\.low\.as/],
    [{ columns: { low: { encodr: 'standard' } } }, /encodr/],
    [{ rules: 'kept' }, /data\.rules is "kept"; it must be one of ignore, compute, keep/],
  ])('refuses %j in them', async (wrong, message) => {
    writeFileSync(at('wrong.json'), JSON.stringify({ data: { source: at('rows.csv'), ...wrong } }))
    const { code, err } = await scorefield('train', '--config', at('wrong.json'), '--dry-run')
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  it('refuses a column that is not there', async () => {
    const settings = { data: { source: at('rows.csv'), columns: { lo: { as: 'skip' } } } }
    writeFileSync(at('none.json'), JSON.stringify(settings))
    const { code, err } = await scorefield('train', '--config', at('none.json'), '--dry-run')
    expect(code).toBe(3)
    expect(err).toMatch(/has no column 'lo'/)
  })
})
