import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { readTable } from '../data/node.ts'
import {
  cells,
  type Outcome,
  scorefield,
  succeeded,
  temporaryFolder,
  tinyModel,
} from './command-line.test-helper.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const data = at('shop data.csv')
const run = at('runs/shop')
const header = 'price,count,level'

let trained: Outcome

beforeAll(async () => {
  const z = new RandomStream({ seed: 1, name: 'test' }).normal({ first: 0, count: 200, width: 3 })
  const row = (i: number): string =>
    [
      (20 + 5 * z[3 * i]!).toFixed(2),
      Math.round(8 + 2 * z[3 * i + 1]!),
      (z[3 * i + 2]! * 1000).toFixed(0),
    ].join(',')
  writeFileSync(data, `${header}\n${Array.from({ length: 200 }, (_, i) => row(i)).join('\n')}\n`)
  const options = ['--steps', '20', '--set', 'training.evaluateEverySteps=10', ...tinyModel]
  trained = await succeeded('train', data, '--out', run, '--json', ...options)
})

describe('train', () => {
  it('tells events as JSON lines, the last of which is done', () => {
    const events = trained.events()
    const types = events.map(({ type }) => type)
    expect(types[0]).toBe('run')
    expect(types.at(-1)).toBe('done')
    expect(types.filter((type) => type === 'done').length).toBe(1)
    for (const type of ['start', 'step', 'evaluation', 'checkpoint']) expect(types).toContain(type)
    expect(events.at(-1)).toMatchObject({ reason: 'finished', run, step: 20, bestStep: expect.any(Number) })
    expect(trained.out).not.toContain('NaN')
  })

  it('tells a person what was read, the held-out loss, and what to do next', () => {
    expect(trained.err).toMatch(
      /^shop data\.csv: 155 rows to learn from, 45 to choose the weights and to report by, 3 columns\.\n/,
    )
    expect(trained.err).toMatch(/Training [\d,]+ parameters for 20 steps of 32 rows/)
    expect(trained.err).toMatch(
      /The run uses the averaged weights of step (10|20) of 20, where the held-out loss was least: \d\.\d{4} ± \d\.\d{4}\./,
    )
    expect(trained.err).toContain("scorefield sample '")
    expect(trained.err).not.toContain('━')
  })

  it('makes the folder of a run', () => {
    const manifest = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))
    expect(manifest).toMatchObject({ name: 'shop data', config: { data: { source: data } } })
    expect(manifest.commandLine.slice(0, 2)).toEqual(['train', data])
    expect(manifest.fingerprint).toBeDefined()
    for (const name of ['data.json', 'metrics.jsonl', 'checkpoints/step-000000020/state.json'])
      expect(existsSync(join(run, name)), name).toBe(true)
  })

  it('is silent with --quiet', async () => {
    const quiet = await succeeded(
      'train',
      'toy:rings',
      '--steps',
      '3',
      '--quiet',
      '--out',
      at('quiet'),
      ...tinyModel,
    )
    expect({ out: quiet.out, err: quiet.err }).toEqual({ out: '', err: '' })
  })

  it('draws pictures unless told not to', async () => {
    const pictures = ['samples/samples.png', 'samples/loss.png']
    const drawn = await succeeded(
      'train',
      data,
      '--steps',
      '60',
      '--out',
      at('drawn'),
      ...tinyModel.slice(0, -1),
    )
    for (const name of pictures) {
      expect(drawn.err).toContain(name)
      expect(
        readFileSync(join(at('drawn'), name))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG')
    }
    expect(existsSync(join(run, 'samples'))).toBe(false)
  })

  it('of a run that is finished says so, and changes nothing', async () => {
    const model = readFileSync(join(run, 'checkpoints/step-000000020/model.safetensors'))
    const again = await succeeded('train', '--resume', run, '--no-pictures')
    expect(again.err).toContain('is finished: all of its 20 steps are done')
    expect(readFileSync(join(run, 'checkpoints/step-000000020/model.safetensors'))).toEqual(model)
  })

  it('does not go on when the data changed', async () => {
    const copy = at('copy.csv')
    const text = readFileSync(data, 'utf8')
    writeFileSync(copy, text)
    await succeeded('train', copy, '--steps', '3', '--out', at('changed'), ...tinyModel)
    writeFileSync(copy, `${text}1,2,3\n`)
    const { code, err } = await scorefield('train', '--resume', at('changed'))
    expect(code).toBe(3)
    expect(err).toContain('(data/changed)')
    expect(err).toContain('it has 201 rows, and had 200')
  })

  it('goes on where only the order of the rows changed, to the same bits', async () => {
    const [copy, folder] = [at('ordered.csv'), at('ordered')]
    const [names, ...rows] = readFileSync(data, 'utf8').trimEnd().split('\n')
    writeFileSync(copy, `${[names, ...rows].join('\n')}\n`)
    const halfway = ['--set', 'training.checkpointEverySteps=10']
    await succeeded(
      'train',
      copy,
      '--steps',
      '20',
      '--no-pictures',
      '--out',
      folder,
      ...tinyModel,
      ...halfway,
    )
    const last = join(folder, 'checkpoints/step-000000020')
    const model = readFileSync(join(last, 'model.safetensors'))
    rmSync(last, { recursive: true })
    writeFileSync(copy, `${[names, ...rows.sort()].join('\n')}\n`)
    const { err } = await succeeded('train', '--resume', folder, '--no-pictures')
    expect(err).toContain('at step 10 of 20')
    expect(readFileSync(join(last, 'model.safetensors'))).toEqual(model)
  })
})

describe('sample', () => {
  it('writes the columns of the data, in their order, with their decimals', async () => {
    const done = await succeeded('sample', run, '-n', '50', '-o', at('new.csv'))
    expect(done.out).toBe('')
    expect(done.err).toContain(`Wrote 50 rows of 3 columns to ${at('new.csv')}`)
    const [names, ...rows] = cells(readFileSync(at('new.csv'), 'utf8'))
    expect(names!.join()).toBe(header)
    expect(rows.length).toBe(50)
    for (const [price, count, level] of rows) {
      expect(price).toMatch(/^-?\d+(\.\d{1,2})?$/)
      expect(count).toMatch(/^-?\d+$/)
      expect(level).toMatch(/^-?\d+$/)
    }
    expect(new Set(rows.map(String)).size).toBe(50)
  })

  it('writes CSV to stdout, and nothing else there', async () => {
    const [screen, file] = [await succeeded('sample', run, '-n', '50'), readFileSync(at('new.csv'), 'utf8')]
    expect(screen.out).toBe(file)
  })

  it('in parts is the whole, byte for byte', async () => {
    const whole = await succeeded('sample', run, '-n', '40', '--seed', '3')
    const parts = [
      [0, 7],
      [7, 1],
      [8, 32],
    ].map(async ([first, count]) => {
      const part = await succeeded('sample', run, '-n', `${count}`, '--first', `${first}`, '--seed', '3')
      return part.out.slice(part.out.indexOf('\n') + 1)
    })
    expect(`${header}\n${(await Promise.all(parts)).join('')}`).toBe(whole.out)
  })

  it('of another seed, sampler, option or grid differs', async () => {
    const drawn = new Set<string>()
    const ways = [
      [],
      ['--seed', '1'],
      ['--sampler', 'euler'],
      ['--sampler', 'ancestral'],
      ['--sampler', 'ancestral', '--sampler-option', 'eta=0.5'],
      ['--grid', 'log-snr'],
      ['--steps', '9'],
    ]
    for (const way of ways) drawn.add((await succeeded('sample', run, '-n', '5', ...way)).out)
    expect(drawn.size).toBe(ways.length)
  })

  it('tells rows as events with --json, the values of the CSV', async () => {
    const csv = cells((await succeeded('sample', run, '-n', '3', '--first', '5')).out)
    const events = (await succeeded('sample', run, '-n', '3', '--first', '5', '--json')).events()
    const rows = events.filter(({ type }) => type === 'row')
    expect(rows.map(({ index }) => index)).toEqual([5, 6, 7])
    // Separated text has the digits of the source, 14.50; a JSON number has no such thing.
    const numbersOf = (row: readonly string[]): string[] => row.map((cell) => String(Number(cell)))
    expect(rows.map(({ values }) => Object.values(values as object).map(String))).toEqual(
      csv.slice(1).map(numbersOf),
    )
    expect(events.at(-1)).toMatchObject({ type: 'done', rows: 3, first: 5, columns: header.split(',') })
  })

  it.each(['.tsv', '.json', '.jsonl', '.parquet'])('writes the same rows as %s', async (ending) => {
    const path = at(`rows${ending}`)
    await succeeded('sample', run, '-n', '20', '-o', path)
    await succeeded('sample', run, '-n', '20', '-o', at('rows.csv'))
    const [{ table }, { table: csv }] = [
      await readTable({ source: path }),
      await readTable({ source: at('rows.csv') }),
    ]
    const values = ({ columns }: typeof table): unknown =>
      columns.map(({ name, values }) => [name, [...values]])
    expect(values(table)).toEqual(values(csv))
  })
})

describe('score', () => {
  const rowsOf = ({ out }: Outcome): string[][] => cells(out).slice(1)
  const score = (name: string, text: string, ...options: string[]): Promise<Outcome> => {
    writeFileSync(at(name), text)
    return succeeded('score', run, at(name), ...options)
  }
  let plain: string[][]

  beforeAll(async () => {
    plain = rowsOf(await score('plain.csv', `${header}\n20,8,100\n25.5,9,-700\n900,8,100\n`))
  })

  it('gives each row its log-density, error, score norm, percentile and odd columns', async () => {
    expect(plain.map(([row]) => row)).toEqual(['1', '2', '3'])
    for (const [, logDensity, error, norm, percentile] of plain) {
      expect(Number.isFinite(Number(logDensity))).toBe(true)
      expect(Number(error)).toBeGreaterThanOrEqual(0)
      expect(Number(error)).toBeLessThan(0.1)
      expect(Number(norm)).toBeGreaterThan(0)
      expect(Number(percentile)).toBeGreaterThanOrEqual(0)
      expect(Number(percentile)).toBeLessThanOrEqual(100)
    }
    expect(Number(plain[2]![1])).toBeLessThan(Number(plain[0]![1]))
    expect(Number(plain[2]![4])).toBe(0)
    // 900 is a price far beyond all others.
    expect(plain[2]![5]).toMatch(/^price ×\d/)
  })

  it('gives the log-probability of a cell where all columns are rounded: density times the volume of the cell', async () => {
    writeFileSync(
      at('whole.csv'),
      `a,b\n${Array.from({ length: 90 }, (_, i) => `${i % 30},${(i * 7) % 13}.5`).join('\n')}\n`,
    )
    await succeeded('train', at('whole.csv'), '--steps', '3', '--out', at('whole'), '--quiet', ...tinyModel)
    const { out, err } = await succeeded('score', at('whole'), at('whole.csv'))
    const [head, first] = cells(out)
    const value = (name: string): number => Number(first![head!.indexOf(name)])
    // a is whole; all of b end in .5, one apart.
    expect(value('log_probability') - value('log_density')).toBeCloseTo(0, 5)
    expect(err).toContain('log_probability is that of the row’s cell')
    expect(plain[0]).toHaveLength(6)
  }, 60_000)

  it('goes by the names of columns, whatever their order and what else there is', async () => {
    const text = 'level,extra,price,count\n100,a,20,8\n-700,b,25.5,9\n100,c,900,8\n'
    expect(rowsOf(await score('order.csv', text))).toEqual(plain)
  })

  it('scores one row alone as among others', async () => {
    expect(rowsOf(await score('one.csv', `${header}\n20,8,100\n`))).toEqual([plain[0]])
  })

  it('leaves rows with gaps empty, and warns', async () => {
    const done = await score('gaps.csv', `${header}\n20,8,100\n,8,100\n25.5,9,-700\n`)
    expect(rowsOf(done)).toEqual([plain[0], ['2', '', '', '', '', ''], ['3', ...plain[1]!.slice(1)]])
    expect(done.err).toContain(
      'Warning: 1 row of 3 has gaps or words where the training rows had none and was not scored.',
    )
  })

  it('has no mean where nothing was scored', async () => {
    const done = await score('all-gaps.csv', `${header}\n,8,100\n20,,100\n`, '--json')
    expect(done.events().at(-1)).toMatchObject({ type: 'done', rows: 0, skipped: 2, meanLogDensity: null })
    expect(done.events().filter(({ type }) => type === 'row')[0]).toEqual({
      type: 'row',
      index: 0,
      values: {
        row: 1,
        log_density: null,
        log_density_se: null,
        score_norm: null,
        percentile: null,
        odd_columns: null,
      },
    })
  })

  it('says which columns are missing', async () => {
    writeFileSync(at('missing.csv'), 'price,level\n20,100\n21,100\n')
    const { code, err } = await scorefield('score', run, at('missing.csv'))
    expect(code).toBe(3)
    expect(err).toMatch(/lacks .*'count'/)
  })

  it('of a toy treats gaps alike', async () => {
    writeFileSync(at('toy.csv'), 'x2,x1\n0.1,0.2\n,0.3\n')
    const done = await succeeded('score', at('quiet'), at('toy.csv'))
    expect(rowsOf(done)[1]).toEqual(['2', '', '', '', '', ''])
    expect(Number.isFinite(Number(rowsOf(done)[0]![1]))).toBe(true)
  })

  it('works without the training data, but for the percentile', async () => {
    const moved = at('moved.csv')
    writeFileSync(moved, readFileSync(data, 'utf8'))
    await succeeded('train', moved, '--steps', '3', '--out', at('alone'), ...tinyModel)
    rmSync(moved)
    const done = await succeeded('score', at('alone'), data, '-o', at('alone.csv'))
    expect(done.err).toMatch(/Warning: The percentiles and odd columns stay empty.*moved\.csv/)
    const [, first] = cells(readFileSync(at('alone.csv'), 'utf8'))
    expect(Number.isFinite(Number(first![1]))).toBe(true)
    expect(first![4]).toBe('')
  })
})
