import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import writeExcel from 'write-excel-file/node'
import { succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'
import { runCommandLine } from './run.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)

/** Runs a command line with this on standard input; what it says on standard output and standard error. */
async function piped(
  input: string | Uint8Array,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' }
  const into = (stream: 'out' | 'err'): Writable =>
    new Writable({
      write: (piece, _, done) => {
        said[stream] += String(piece)
        done()
      },
    })
  const streams = { stdin: Readable.from([input]), stdout: into('out'), stderr: into('err') }
  const code = await runCommandLine(args, '0', streams)
  return { code, ...said }
}

const rows = Array.from({ length: 40 }, (_, i) => ({ a: i, b: i % 3 }))

describe('standard input', () => {
  it.each([
    ['CSV', `a,b\n${rows.map(({ a, b }) => `${a},${b}`).join('\n')}\n`],
    ['JSON', JSON.stringify(rows)],
    ['JSON lines', rows.map((row) => JSON.stringify(row)).join('\n')],
  ])('%s is looked at', async (_, input) => {
    const { code, out } = await piped(input, 'inspect', '-')
    expect(code).toBe(0)
    expect(out).toMatch(/^40 rows, 2 columns/)
  })
})

describe('rows from standard input', () => {
  it('are kept in the run that learns them, which goes on and is judged by others', async () => {
    const run = at('piped')
    const input = `a\tb\n${rows.map(({ a, b }) => `${a / 4}\t${b}`).join('\n')}\n`
    const train = ['train', '-', '--format', 'tsv', '--out', run, '--steps', '5', ...tinyModel]
    const trained = await piped(input, ...train)
    expect(trained.code).toBe(0)
    expect(readFileSync(join(run, 'rows.tsv'), 'utf8')).toBe(input)
    const { config } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))
    expect(config.data.source).toBe(join(run, 'rows.tsv'))
    await succeeded('train', '--resume', run)
    const judge = ['evaluate', run, '--against', '-', '--likelihood-rows', '8', '--threads', '1']
    const judged = await piped(JSON.stringify(rows.map(({ a, b }) => ({ a: a / 4 + 0.25, b }))), ...judge)
    expect(judged.code).toBe(0)
    const { against } = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'))
    expect(against).toContain('standard-input.json')
  }, 120_000)

  it('have a format of their own, files say theirs by their ending', async () => {
    writeFileSync(at('few.csv'), 'a\n1\n2\n3\n')
    expect((await piped('', 'train', at('few.csv'), '--format', 'tsv')).code).toBe(2)
    expect((await piped('a\n1\n', 'train', '-', '--format', 'tvs')).code).toBe(2)
  })

  it('of an Excel file are seen as such', async () => {
    const sheet = [[{ value: 'a' }, { value: 'b' }], ...rows.map(({ a, b }) => [{ value: a }, { value: b }])]
    const book = await writeExcel([{ sheet: 'S', data: sheet }]).toBuffer()
    const { out } = await piped(book, 'inspect', '-')
    expect(out).toMatch(/^40 rows, 2 columns/)
  })
})

describe('inspect --set', () => {
  it('says how a file is read, and writes it down', async () => {
    const bytes = Buffer.from(`Größe;n\n${rows.map(({ a, b }) => `${a},5;${b}`).join('\n')}\n`, 'latin1')
    writeFileSync(at('latin.csv'), bytes)
    const sets = ['--set', 'data.csv.encoding=latin-1', '--set', 'data.csv.decimalSeparator=,']
    const { out } = await succeeded('inspect', at('latin.csv'), ...sets, '--write', at('data.json'))
    expect(out).toMatch(/Größe .* 0\.5 to 39\.5/)
    const { data } = JSON.parse(readFileSync(at('data.json'), 'utf8'))
    expect(data.csv).toEqual({ encoding: 'latin-1', decimalSeparator: ',' })
  })
})

describe('standard output', () => {
  it('takes rows in a format that is named, and no Parquet', async () => {
    const csv = at('rows.csv')
    writeFileSync(csv, `a,b\n${rows.map(({ a, b }) => `${a / 4},${b}`).join('\n')}\n`)
    await succeeded('train', csv, '--out', at('run'), '--steps', '5', '--no-pictures', ...tinyModel)
    const sample = ['sample', at('run'), '-n', '3', '-o', '-']
    const lines = await piped('', ...sample, '--format', 'jsonl')
    expect(
      lines.out
        .trim()
        .split('\n')
        .map((line) => Object.keys(JSON.parse(line))),
    ).toEqual(Array(3).fill(['a', 'b']))
    const plain = await piped('', ...sample)
    expect(plain.out).toMatch(/^a,b\n/)
    expect(plain.err).toContain('Wrote 3 rows of 2 columns to standard output in ')
    expect((await piped('', ...sample, '--format', 'parquet')).code).toBe(2)
    const scored = await piped('a,b\n1.25,1\n', 'score', at('run'), '-', '--format', 'tsv')
    expect(scored.out).toMatch(/^row\tlog_density/)
  }, 120_000)
})
