import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { readTable } from '../data/node.ts'
import type { OnnxExport } from '../files/index.ts'
import { type Comparison, fit, type RunEvaluation } from '../run/node.ts'
import { cells, scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const [run, worse, beside] = [at('run'), at('worse'), at('beside')]
const train = (out: string, ...options: string[]) =>
  succeeded('train', at('rows.csv'), '--steps', '60', '--out', out, '--no-pictures', ...tinyModel, ...options)

beforeAll(async () => {
  const z = new RandomStream({ seed: 3, name: 'rows' }).normal({ first: 0, count: 200, width: 2 })
  const lines = Array.from({ length: 200 }, (_, i) => {
    const grade = Math.max(1, Math.min(5, Math.round(3 + z[2 * i]!)))
    const day = `2024-0${1 + (i % 9)}-1${i % 10}`
    return `${grade},${i % 4 ? z[2 * i + 1] : ''},${grade > 3 !== (i % 9 === 0) ? 'good' : 'poor'},${day}`
  })
  writeFileSync(at('rows.csv'), `grade,level,word,day\n${lines.join('\n')}\n`)
  await train(run, '--conditions', 'all', '--gaps', 'unknown')
  await train(worse, '--conditions', 'grade, word')
  const rows = Array.from({ length: 60 }, (_, i) => [z[i]!, z[60 + i]!])
  const kind = rows.map((_, i) => (i % 2 ? 'odd' : 'even'))
  const model = await fit(rows, {
    ...{ steps: 20, batchSize: 32, size: { width: 8, blocks: 1 }, name: 'beside' },
    conditions: { kind, dose: rows.map((_, i) => i) },
  })
  await model.save(beside)
  await model.dispose()
}, 90_000)

const drawn = async (from: string, ...options: string[]): Promise<string[][]> =>
  cells((await succeeded('sample', from, '-n', '5', '--steps', '5', ...options)).out).slice(1)

describe('a run that was trained with conditions', () => {
  it('fills gaps by what it is told, where every column that is there may be given, and says which way', async () => {
    writeFileSync(at('gaps.csv'), 'grade,level,word,day\n3,,good,\n,0.25,,2024-03-12\n')
    const fill = (from: string, ...options: string[]) =>
      succeeded('impute', from, at('gaps.csv'), '-o', at('f.csv'), '--draws', '2', '--steps', '3', ...options)
    const { err, events } = await fill(run, '--json')
    expect(err).toMatch(/\(learned\)/)
    expect(events().at(-1)).toMatchObject({ type: 'done', method: 'learned', evaluations: 5, cells: 4 })
    const [, first, second] = cells(readFileSync(at('f.csv'), 'utf8'))
    expect([first![0], first![2], second![1], second![3]]).toEqual(['3', 'good', '0.25', '2024-03-12'])
    expect([...first!, ...second!].every((cell) => cell !== '')).toBe(true)
    const other = await fill(worse, '--method', 'replacement', '--json')
    expect(other.events().at(-1)).toMatchObject({ method: 'replacement' })
    const { code, err: why } = await scorefield('impute', worse, at('gaps.csv'), '--method', 'learned')
    expect(code).toBeGreaterThan(0)
    expect(why).toMatch(/trained with grade, word given, and the rows also have level, day/)
  })

  it('draws what is given in one walk a row, one value of a continuous column, too, and says so', async () => {
    const given = ['--given', 'level=0.123456789', '--given', 'word=good', '--given', 'day=2024-03-12']
    const rows = await drawn(run, ...given)
    expect(rows).toHaveLength(5)
    for (const [, level, word, day] of rows)
      expect([level, word, day]).toEqual(['0.123456789', 'good', '2024-03-12'])
    const { err, events } = await succeeded('sample', run, '-n', '5', ...given, '-o', at('o.csv'), '--json')
    expect(err).toMatch(/By learned: the run was trained with level, word, day given/)
    expect(events().find(({ type }) => type === 'method')).toMatchObject({ method: 'learned' })
    expect(events().at(-1)).toMatchObject({ type: 'done', method: 'learned', rows: 5, drawn: 5 })
    expect((await drawn(run, ...given, '--first', '1', '-n', '2'))[0]).toEqual(rows[1])
  })

  it('takes the values that a condition asks for, and looks for the rest', async () => {
    const { err, out } = await succeeded(
      'sample',
      run,
      '-n',
      '5',
      '--where',
      "word = 'good' and level > 0",
      '--steps',
      '5',
    )
    expect(err).toMatch(/By learned: .* with word given; the rest of the condition is looked for/)
    for (const [, level, word] of cells(out).slice(1)) {
      expect(word).toBe('good')
      expect(Number(level)).toBeGreaterThan(0)
    }
  })

  it('looks for rows where it is told to, or was not trained with a column', async () => {
    const forced = await succeeded(
      'sample',
      run,
      '-n',
      '3',
      '--given',
      'word=good',
      '--given-method',
      'rejection',
    )
    expect(forced.err).toMatch(/By rejection: .*\n[\s\S]*drawn fulfil/)
    const other = await succeeded('sample', worse, '-n', '3', '--where', 'grade >= 2', '--json')
    expect(other.events().at(-1)).toMatchObject({ method: 'rejection' })
  })

  it('is guided by particles to one value of a continuous column that it was not trained to be given', async () => {
    const { out, err } = await succeeded('sample', worse, '-n', '3', '--given', 'level=0.25', '--steps', '4')
    expect(err).toMatch(/By particles: /)
    const rows = cells(out).slice(1)
    expect(rows).toHaveLength(3)
    for (const row of rows) expect(row[1]).toBe('0.25')
  })

  it('has no gaps where gaps are unknown; by itself, it draws all columns', async () => {
    const rows = await drawn(run, '-n', '100')
    expect(rows.every((row) => row.length === 4 && row.every((cell) => cell !== ''))).toBe(true)
    expect((await drawn(worse, '-n', '100')).some((row) => row[1] === '')).toBe(true)
  })

  it('is scored and goes on like any other', async () => {
    await succeeded('score', run, at('rows.csv'), '-o', at('scores.csv'))
    const { table } = await readTable({ source: at('scores.csv') })
    const scores = table.columns.find(({ name }) => name === 'log_density')!.values as Float64Array
    // Rows with a gap have no score.
    expect(scores.filter((value) => Number.isFinite(value))).toHaveLength(150)
    await succeeded('train', '--resume', worse, '--steps', '80', '--no-pictures', '--threads', '1')
    expect((await drawn(worse, '--given', 'word=poor')).every((row) => row[2] === 'poor')).toBe(true)
  })

  it('is guided by its own answer without what is given, or by a worse run', async () => {
    const plain = await drawn(run, '--given', 'word=good')
    expect(await drawn(run, '--given', 'word=good', '--guidance', '1')).toEqual(plain)
    const guided = await drawn(run, '--given', 'word=good', '--guidance', '3', '--guidance-interval', '0.1,2')
    expect(guided).not.toEqual(plain)
    expect(guided.every((row) => row[2] === 'good')).toBe(true)
    // A model that guides itself changes nothing: c + (w − 1)(c − c).
    expect(await drawn(run, '--guide-run', run)).toEqual(await drawn(run))
    expect(await drawn(run, '--guide-run', run, '--given', 'word=good')).toEqual(plain)
  })

  it.each([
    [['--given', 'word=god'], /'word' has no value 'god'. Did you mean 'good'\?/],
    [['--given', 'level=1e9'], /level[\s\S]*lies between/],
    [['--given', 'level='], /no gaps/],
    [['--given', 'word=good', '--given', 'word=good'], /'word' is given twice/],
    [
      ['--given', 'level=1', '--given-method', 'rejection'],
      /cannot be drawn by "rejection".*'level' is continuous/,
    ],
    [['--given', 'level=1', '--given-method', 'learnd'], /learned/],
    [['--guidance', '2'], /nothing is given/],
    [['--given', 'word=good', '--guidance-interval', '2,1', '--guidance', '2'], /smaller one first/],
    [['--guide-run', beside], /cannot guide: it has the columns/],
  ])('refuses %j before it draws', async (options, message) => {
    const { code, err } = await scorefield('sample', run, '-n', '5', ...options)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  it.each([
    [['--conditions', 'wort'], /no such column. Did you mean 'word'\?/],
    [['--conditions', 'all', '--family', 'real-nvp'], /The family "real-nvp" cannot learn rows/],
    [['--gaps', 'none'], /data.gaps is "none"/],
    [['--resume', run, '--conditions', 'word'], /--conditions cannot be changed/],
  ])('train refuses %j', async (options, message) => {
    const data = options[0] === '--resume' ? [] : [at('rows.csv')]
    const { code, err } = await scorefield('train', ...data, '--out', at('none'), ...options)
    expect(code).toBeGreaterThan(0)
    expect(err).toMatch(message)
  })
})

describe('a run that was trained with conditions is judged and handed on by what it draws without any', () => {
  it('evaluate measures samples, likelihood and predictors, and writes its report', async () => {
    const less = ['--samples', '60', '--likelihood-rows', '8', '--json', '--threads', '1']
    for (const each of [run, worse]) {
      const { events } = await succeeded('evaluate', each, '--against', at('rows.csv'), ...less)
      const found = events().at(-1) as unknown as RunEvaluation
      expect(found.likelihood!.model.rows).toBe(8)
      expect(Number.isFinite(found.likelihood!.model.value)).toBe(true)
      const classifier = found.samples!.figures.find(({ name }) => name === 'classifier')!
      expect(classifier.value).toBeGreaterThan(0.4)
      const report = readFileSync(join(each, 'report.html'), 'utf8')
      expect(report).toContain('classifier')
      expect(report).not.toMatch(/NaN|undefined/)
    }
  })

  it('export writes a sampler of all columns, which is told nothing, and the model card', async () => {
    const { events } = await succeeded('export', worse, '-o', at('s.onnx'), '--rows', '16', '--json')
    const { inputs } = events().at(-1) as unknown as OnnxExport
    expect(inputs.filter(({ name }) => name.startsWith('condition/'))).toEqual([])
    const session = await InferenceSession.create(at('s.onnx'))
    const feeds = inputs.map(({ name, shape }) => {
      const count = shape.reduce((product, size) => product * size, 1)
      const z = new RandomStream({ seed: 1, name }).normal({ first: 0, count, width: 1 })
      return [name, new Tensor('float32', Float32Array.from(z), shape)] as const
    })
    const made = Object.values(await session.run(Object.fromEntries(feeds)))[0]!
    await session.release()
    expect((made.data as Float32Array).every(Number.isFinite)).toBe(true)
    expect(new Set(made.data as Float32Array).size).toBeGreaterThan(16)
    for (const [file, what] of [
      ['d.onnx', 'denoiser'],
      ['c.onnx', 'score'],
      ['w.safetensors', 'weights'],
      ['card.md', 'card'],
    ] as const)
      await succeeded('export', worse, '-o', at(file), '--what', what, '--rows', '4')
    expect(readFileSync(at('card.md'), 'utf8')).toContain('grade')
  })

  it('compare trains with them what can, and says why the others cannot', async () => {
    const out = at('compared')
    const { out: printed } = await succeeded(
      ...['compare', at('rows.csv'), '--families', 'denoiser,real-nvp', '--seeds', '1', '--out', out],
      ...['--set', 'model.conditions=["word"]', '--set', 'training.steps=20', '--threads', '1'],
      ...['--set', 'model.size.width=16', '--set', 'training.batchSize=32'],
    )
    const { contestants } = JSON.parse(readFileSync(join(out, 'compare.json'), 'utf8')) as Comparison
    const [denoiser, flow] = ['denoiser', 'real-nvp'].map((name) =>
      contestants.find(({ family }) => family === name),
    )
    expect(denoiser!.error).toBeUndefined()
    expect(denoiser!.classifier!.value).toBeGreaterThan(0.4)
    expect(flow!.error).toMatch(/cannot learn rows of which some columns are given/)
    expect(printed).toMatch(/real-nvp.*cannot/)
    const rows = await drawn(join(out, 'denoiser-0'), '--given', 'word=poor')
    expect(rows.every((row) => row[2] === 'poor')).toBe(true)
  }, 60_000)

  it('sample says where no row of the data has what is given together, and reads no other column for it', async () => {
    const { err } = await succeeded(
      ...['sample', run, '-n', '2', '--steps', '3', '--given', 'grade=5', '--given', 'word=poor'],
      ...['--given', 'day=2024-09-15'],
    )
    expect(err).toMatch(/No row of the data has grade = 5, word = poor, day = 2024-09-15 together/)
    const seen = await succeeded(
      ...['sample', run, '-n', '2', '--steps', '3', '--given', 'grade=3', '--given', 'word=poor'],
      ...['--given', 'day=2024-05-14'],
    )
    expect(seen.err).not.toMatch(/No row of the data/)
  })
})

describe('a model that a program trained with conditions beside its rows', () => {
  it('is given them by the command line', async () => {
    const rows = await drawn(beside, '--given', 'kind=odd', '--given', 'dose=12')
    expect(rows).toHaveLength(5)
    expect(await drawn(beside, '--given', 'kind=even', '--given', 'dose=12')).not.toEqual(rows)
  })

  it.each([
    [[], /needs them: kind, dose/],
    [['--given', 'kind=odd'], /dose is missing/],
    [['--given', 'kind=od', '--given', 'dose=1'], /"od" is no value.*\n[\s\S]*odd/],
    [['--given', 'kind=odd', '--given', 'dose=much'], /not finite/],
  ])('refuses %j', async (options, message) => {
    const { code, err } = await scorefield('sample', beside, '-n', '5', ...options)
    expect(code).toBeGreaterThan(0)
    expect(err).toMatch(message)
  })
})
