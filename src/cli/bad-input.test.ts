import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { lockRun } from '../run/node.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

/*
 * What people give by mistake, a row each: its exit code, the code of its error, what is said, and that nothing is lost.
 * A disk that is full and a process that is killed while it saves are told of in src/run/folder/checkpoint.node.test.ts; cells that
 * are odd but can be read, and Parquet that is cut off anywhere, in src/data/table/bad-input.node.test.ts; mistyped
 * options and values in usage.test.ts.
 */

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)

const normals = new RandomStream({ seed: 0, name: 'bad input' }).normal({ first: 0, count: 80, width: 2 })
const cells = Array.from({ length: 80 }, (_, row) => [
  normals[2 * row]!.toFixed(2),
  row % 3 ? 'red' : 'white',
  normals[2 * row + 1]!.toFixed(1),
])
const csv = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, ...rows].map((row) => `${row.join(',')}\n`).join('')
const header = ['a', 'colour', 'b']
const good = csv(header, cells)
const lines = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('')
const words = ['lorem', 'ipsum', 'dolor', 'sit', 'amet']
const sentence = (row: number): string =>
  Array.from({ length: 6 }, (_, k) => `${words[(row * 7 + k * 3) % 5]}${row}`).join(' ')

beforeAll(async () => {
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'good.csv': good,
    'empty.csv': '',
    'blank.csv': '\n\n\n',
    'header.csv': 'a,b\n',
    'one row.csv': 'a,b\n1,2\n',
    'two rows.csv': 'a,b\n1,2\n3,4\n',
    'constants.csv': `a,b\n${lines(60, () => '1,x')}`,
    'sentences.csv': `t\n${lines(60, sentence)}`,
    'gaps.csv': `a,b\n${lines(60, () => ',')}`,
    'names.csv': `id\n${lines(60, (row) => `Q${row}-${row * 7}`)}`,
    'ragged.csv': `a,b,c\n${lines(30, () => '1,2,3')}1,2\n${lines(20, () => '4,5,6')}`,
    'wide.csv': `a,b,c\n${lines(30, () => '1,2,3')}1,2,3,4\n`,
    'latin-1.csv': Buffer.from(good.replaceAll('red', 'rosé'), 'latin1'),
    'cut.parquet': Uint8Array.from([0x50, 0x41, 0x52, 0x31, 1, 2, 3]),
    'cut.json': '[{"a": 1}, {"a": ',
    'table.parquet': 'a,b\n1,2\n',
    'missing.csv': csv(
      ['a', 'colour'],
      cells.map(([a, colour]) => [a!, colour!]),
    ),
    'words.csv': csv(
      header,
      cells.map(([, colour, b]) => ['much', colour!, b!]),
    ),
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content)
  await succeeded('train', at('good.csv'), '--steps', '4', '--out', at('run'), ...tinyModel)
  const newest = readdirSync(at('run/checkpoints')).sort().at(-1)!
  const damaged = (name: string, damage: (path: (file: string) => string) => void): void => {
    cpSync(at('run'), at(name), { recursive: true })
    damage((file) => join(at(name), file))
  }
  damaged('run cut short', (path) => {
    const file = path(`checkpoints/${newest}/best.safetensors`)
    truncateSync(file, Math.floor(statSync(file).size / 2))
  })
  damaged('run with flipped bits', (path) => {
    const file = path(`checkpoints/${newest}/best.safetensors`)
    const bytes = readFileSync(file)
    bytes[bytes.length - 5]! ^= 4
    writeFileSync(file, bytes)
  })
  damaged('run of tomorrow', (path) => {
    const manifest = JSON.parse(readFileSync(path('run.json'), 'utf8'))
    writeFileSync(
      path('run.json'),
      JSON.stringify({
        ...manifest,
        formatVersion: 99,
        version: 99,
        config: { ...manifest.config, version: 99 },
      }),
    )
  })
  damaged('run without weights', (path) => {
    for (const name of readdirSync(path('checkpoints'))) truncateSync(path(`checkpoints/${name}/state.json`))
  })
  damaged('run of other data', (path) => appendFileSync(path('data.json'), ' '))
  damaged('run broken', (path) => truncateSync(path('run.json'), 40))
  mkdirSync(at('a folder'))
}, 60_000)

const train = (name: string, ...more: string[]): string[] => [
  ...['train', at(name), '--steps', '2', '--out', at('new'), ...tinyModel],
  ...more,
]

/** What it is, the arguments, the exit code, the error's code, and what it says. */
const table: readonly (readonly [string, () => string[], number, string, RegExp])[] = [
  ['no such file', () => train('none.csv'), 3, 'data/no-such-file', /no file .*none\.csv/],
  ['a folder without pictures', () => train('a folder'), 3, 'data/no-pictures', /holds no pictures/],
  ['an empty file', () => train('empty.csv'), 3, 'data/empty-file', /is empty/],
  ['blank lines', () => train('blank.csv'), 3, 'data/empty-file', /is empty/],
  ['header only', () => train('header.csv'), 3, 'data/no-rows', /has columns \(a, b\) but no rows/],
  ['one row', () => train('one row.csv'), 3, 'data/too-few-rows', /has 1 row; training needs at least 3/],
  ['two rows', () => train('two rows.csv'), 3, 'data/too-few-rows', /has 2 rows; training needs at least 3/],
  ['only constants', () => train('constants.csv'), 3, 'data/all-constant', /one value throughout/],
  ['only text', () => train('sentences.csv'), 3, 'data/nothing-to-model', /no column to learn: t \(text\)/],
  [
    'only identifiers',
    () => train('names.csv'),
    3,
    'data/nothing-to-model',
    /no column to learn: id \(identifier\)/,
  ],
  ['only gaps', () => train('gaps.csv'), 3, 'data/all-gaps', /No cell .* has a value/],
  [
    'a row too short',
    () => train('ragged.csv'),
    3,
    'data/ragged-row',
    /Line 32 of .* has 2 cells, the others 3: 1,2/,
  ],
  [
    'a row too long',
    () => train('wide.csv'),
    3,
    'data/ragged-row',
    /Line 32 of .* has 4 cells, the others 3: 1,2,3,4/,
  ],
  [
    'Latin-1',
    () => train('latin-1.csv'),
    3,
    'data/encoding',
    /not UTF-8[\s\S]*--set data\.csv\.encoding=latin-1/,
  ],
  ['a truncated Parquet', () => train('cut.parquet'), 3, 'data/unreadable', /could not be read/],
  ['text that says it is Parquet', () => train('table.parquet'), 3, 'data/unreadable', /could not be read/],
  ['a truncated JSON', () => train('cut.json'), 3, 'data/unreadable', /could not be read/],
  [
    'SQL that is none',
    () => ['train', '--sql', 'selec * fro x', '--out', at('new')],
    3,
    'data/sql',
    /query could not be run/,
  ],
  [
    'SQL without rows',
    () => ['train', '--sql', 'select 1 as a where false', '--out', at('new')],
    3,
    'data/no-rows',
    /no rows/,
  ],
  [
    'a folder that is no run',
    () => ['sample', at('a folder'), '-n', '3'],
    2,
    'run/not-a-run',
    /has no run\.json/,
  ],
  ['a run that is broken', () => ['sample', at('run broken'), '-n', '3'], 3, 'run/unreadable', /run\.json/],
  [
    'a run of a newer version',
    () => ['sample', at('run of tomorrow'), '-n', '3'],
    2,
    'run/newer-version',
    /newer/,
  ],
  [
    'a checkpoint cut short',
    () => ['sample', at('run cut short'), '-n', '3'],
    3,
    'run/checkpoint-corrupt',
    /best\.safetensors/,
  ],
  [
    'flipped bits',
    () => ['sample', at('run with flipped bits'), '-n', '3'],
    3,
    'run/checkpoint-corrupt',
    /best\.safetensors/,
  ],
  [
    'an empty checkpoint',
    () => ['train', '--resume', at('run without weights')],
    3,
    'run/checkpoint-corrupt',
    /state\.json/,
  ],
  [
    'a table without a column of the model',
    () => ['score', at('run'), at('missing.csv')],
    3,
    'data/missing-column',
    /lacks 'b'/,
  ],
  [
    'words where numbers were',
    () => ['score', at('run'), at('words.csv')],
    3,
    'data/column-kind',
    /'a' holds text/,
  ],
  ['-n 0', () => ['sample', at('run'), '-n', '0'], 2, 'usage/value', /at least 1, not "0"/],
  ['-n -3', () => ['sample', at('run'), '-n', '-3'], 2, 'usage/value', /at least 1, not "-3"/],
  ['-n 1e12', () => ['sample', at('run'), '-n', '1e12'], 2, 'usage/too-many-rows', /do not fit in memory/],
  [
    'a mistyped option',
    () => train('good.csv', '--stepz', '3'),
    2,
    'usage/unknown-option',
    /Did you mean --steps\?/,
  ],
  [
    'a mistyped value',
    () => train('good.csv', '--set', 'training.weighting=edn'),
    2,
    'config/invalid',
    /Did you mean edm\?/,
  ],
  [
    'a mistyped key',
    () => train('good.csv', '--set', 'training.step=3'),
    2,
    'config/invalid',
    /Did you mean training\.steps\?/,
  ],
  [
    'a folder that has a run',
    () => train('good.csv', '--out', at('run')),
    2,
    'run/exists',
    /holds a run already/,
  ],
  [
    'nothing to resume',
    () => ['train', '--resume', at('runs')],
    2,
    'run/no-such-folder',
    /Did you mean .*run\?/,
  ],
  [
    'a condition on no column',
    () => ['sample', at('run'), '-n', '3', '--given', 'color=red'],
    2,
    'usage/given',
    /colour/,
  ],
  [
    'a condition that is no SQL',
    () => ['sample', at('run'), '-n', '3', '--where', 'b >'],
    2,
    'usage/where',
    /b >/,
  ],
]

/** Every file below the folder with its content's sum. */
function contents(): Map<string, string> {
  const found = new Map<string, string>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = at(name)
    const sum = statSync(path).isFile()
      ? createHash('sha256').update(readFileSync(path)).digest('hex')
      : 'folder'
    found.set(name, sum)
  }
  return found
}

describe('bad input', () => {
  it.each(table)('%s', async (_, args, code, errorCode, says) => {
    const before = contents()
    const { code: left, err, events } = await scorefield(...args(), '--json')
    expect(err).toMatch(says)
    expect(events().at(-1)).toMatchObject({ type: 'error', code: errorCode })
    expect(left).toBe(code)
    expect(err).not.toMatch(/\n\s+at /)
    expect(contents()).toEqual(before)
  })

  it('two trainings in the same folder: the second is refused, the first goes on', async () => {
    const lock = await lockRun({ folder: at('run') })
    try {
      const { code, err } = await scorefield('train', '--resume', at('run'), '--quiet')
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringMatching(/is being trained|in use|another/),
      })
    } finally {
      await lock.release()
    }
    await succeeded('train', '--resume', at('run'), '--quiet')
  })

  it('a place that cannot be written to: below a file, and where it is enforced a read-only folder', async () => {
    mkdirSync(at('read-only'), { mode: 0o555 })
    // Root may write anywhere, and Windows knows no such mode.
    const isEnforced = process.platform !== 'win32' && process.getuid?.() !== 0
    for (const place of [at('good.csv'), ...(isEnforced ? [at('read-only')] : [])]) {
      const trained = await scorefield(...train('good.csv', '--out', join(place, 'new')))
      expect(trained).toMatchObject({ code: 2, err: expect.stringContaining(place) })
      const sampled = await scorefield('sample', at('run'), '-n', '3', '-o', join(place, 'new.csv'))
      expect(sampled).toMatchObject({ code: 2, err: expect.stringContaining(place) })
    }
    chmodSync(at('read-only'), 0o755)
  })

  it('--device webgpu: samples where there is one, else says that there is none', async () => {
    const { code, out, err } = await scorefield('sample', at('run'), '-n', '3', '--device', 'webgpu')
    if (code === 0) expect(out.trimEnd().split('\n')).toHaveLength(4)
    else expect({ code, out, err }).toEqual({ code: 4, out: '', err: expect.stringMatching(/WebGPU/) })
  })
})
