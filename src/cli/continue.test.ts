import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import {
  cells,
  scorefield,
  succeeded,
  temporaryFolder,
  tinyModel,
  tinyTraining,
} from './command-line.test-helper.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const [first, second] = [at('first.csv'), at('second.csv')]
const run = at('run')

/** A measure, a count, and a grade that goes with the measure. */
function table(seed: number, count: number, separator = ','): string {
  const z = new RandomStream({ seed, name: 'rows' }).normal({ first: 0, count, width: 2 })
  const row = (i: number): string => {
    const grade = z[2 * i]! > 0.5 ? 'high' : z[2 * i]! > -0.5 ? 'middle' : 'low'
    return [(20 + 5 * z[2 * i]!).toFixed(2), Math.round(8 + 2 * z[2 * i + 1]!), grade].join(separator)
  }
  return `${['size', 'count', 'grade'].join(separator)}\n${Array.from({ length: count }, (_, i) => row(i)).join('\n')}\n`
}

// biome-ignore lint/suspicious/noExplicitAny: what files hold is compared as it is
type Json = Record<string, any>
const json = (path: string): Json => JSON.parse(readFileSync(path, 'utf8'))
const logged = (of: string): Json[] =>
  readFileSync(join(of, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
const lossOf = (of: string): number =>
  logged(of).findLast(({ type }) => type === 'evaluation')!['heldOutLoss']
const copyOf = (name: string): string => {
  cpSync(run, at(name), { recursive: true })
  return at(name)
}

beforeAll(async () => {
  writeFileSync(first, table(1, 500))
  writeFileSync(second, table(2, 400))
  const often = ['--set', 'training.evaluateEverySteps=20', '--set', 'training.patienceEvaluations=3']
  await succeeded('train', first, '--steps', '60', '--out', run, ...often, ...tinyModel)
})

describe('--resume with more steps', () => {
  it.each([
    ['--steps', '100'],
    ['--set', 'training.steps=100'],
  ])(
    '%s %s trains on, by the schedule of the new total; run.json tells who changed what',
    async (...more) => {
      const folder = copyOf(`more ${more[0]}`)
      const { err } = await succeeded('train', '--resume', folder, ...more, '--no-pictures')
      expect(err).toContain('at step 60 of 100')
      const done = logged(folder).findLast(({ type }) => type === 'done')!
      expect(done).toMatchObject({ step: 100, reason: 'finished' })
      // Half a cosine from step 100 of warm-up on: all of 100 steps are warm-up.
      const steps = logged(folder).filter(({ type }) => type === 'step')
      const { learningRate, warmUpSteps } = json(join(folder, 'run.json'))['config'].training
      for (const { step, learningRate: rate } of steps.filter(({ step }) => step > 60))
        expect(rate).toBeCloseTo((learningRate * step) / warmUpSteps, 9)
      const { config, history } = json(join(folder, 'run.json'))
      expect(config.training).toMatchObject({ steps: 100, patienceEvaluations: 5 })
      expect(history).toEqual([
        {
          at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
          step: 60,
          commandLine: ['train', '--resume', folder, ...more, '--no-pictures'],
          changed: {
            'training.steps': { from: 60, to: 100 },
            'training.patienceEvaluations': { from: 3, to: 5 },
          },
        },
      ])
      // All else is as it was.
      const { config: before, history: none, ...others } = json(join(run, 'run.json'))
      expect(none).toBeUndefined()
      const { config: _c, history: _h, ...kept } = json(join(folder, 'run.json'))
      expect(kept).toEqual(others)
      const training = { ...before.training, steps: 100, patienceEvaluations: 5 }
      expect(config).toEqual({ ...before, training })
    },
  )

  it('of a finished run without more steps says what to do', async () => {
    const { err } = await succeeded('train', '--resume', run, '--no-pictures')
    expect(err).toContain(
      'is finished: all of its 60 steps are done. To train it longer, say how many in all:',
    )
    expect(err).toContain(`scorefield train --resume ${run} --steps N`)
  })

  it.each([
    [['--steps', '30'], /has done 60 steps; 30 in all leave none to do\.\n[\s\S]*Give more than 60/],
    [['--set', 'training.steps=59'], /has done 60 steps; 59 in all leave none to do/],
    [
      ['--set', 'training.learningRate=1'],
      /except the number of steps; --set training\.learningRate=1 cannot/,
    ],
    [
      ['--learning-rate', '1', '--steps', '100'],
      /except the number of steps; --learning-rate cannot be changed/,
    ],
    [['--from', run], /--from cannot be changed/],
  ])('%j is refused, and nothing is written', async (more, message) => {
    const before = readFileSync(join(run, 'run.json'))
    const { code, err } = await scorefield('train', '--resume', run, ...more)
    expect(code).toBe(2)
    expect(err).toMatch(message)
    expect(readFileSync(join(run, 'run.json'))).toEqual(before)
  })

  it('a dry run writes nothing', async () => {
    const before = readFileSync(join(run, 'run.json'))
    const { out } = await succeeded('train', '--resume', run, '--steps', '70', '--dry-run')
    expect(JSON.parse(out).training.steps).toBe(70)
    expect(readFileSync(join(run, 'run.json'))).toEqual(before)
  })
})

describe('--from', () => {
  const still = ['--steps', '1', '--learning-rate', '1e-12', '--set', 'training.evaluateEverySteps=1']
  const numbers = (text: string): number[] =>
    cells(text)
      .slice(1)
      .map(([size]) => Number(size))

  it('of the same rows, after one step that moves nothing, is the same model', async () => {
    const same = at('same')
    const done = await succeeded('train', first, '--from', run, '--out', same, ...still, ...tinyTraining)
    expect(done.err).toMatch(/Starting from the weights of first, step \d+, in /)
    // The weights kept are those of an evaluation within a standard error of the least.
    const kept = json(join(run, 'checkpoints/step-000000060/state.json'))
    const wanted = logged(run).find(({ type, step }) => type === 'evaluation' && step === kept['bestStep'])!
    expect(lossOf(same)).toBeCloseTo(wanted['heldOutLoss'], 5)
    const [a, b] = [await succeeded('sample', run, '-n', '50'), await succeeded('sample', same, '-n', '50')]
    const [one, other] = [numbers(a.out), numbers(b.out)]
    one.forEach((value, i) => {
      expect(other[i]).toBeCloseTo(value, 1)
    })
  })

  it('is a whole run of its own, which can be gone on with, scored by and sampled from', async () => {
    const fresh = at('fresh')
    const options = ['--steps', '40', '--set', 'training.checkpointEverySteps=20', ...tinyTraining]
    await succeeded('train', second, '--from', run, '--out', fresh, ...options)
    const [mine, its] = [json(join(fresh, 'run.json')), json(join(run, 'run.json'))]
    expect(mine['config'].model).toEqual(its['config'].model)
    expect(mine['config'].training.sigmaData).toBe(its['config'].training.sigmaData)
    expect(mine['config'].training.steps).toBe(40)
    expect(mine['from']).toMatchObject({ folder: run, name: 'first', weights: 'best' })
    const [data, itsData] = [json(join(fresh, 'data.json')), json(join(run, 'data.json'))]
    expect(data['encoding']).toEqual(itsData['encoding'])
    expect(data['rowCount']).toBe(400)
    expect(data['contents']).not.toEqual(itsData['contents'])
    await succeeded('score', fresh, second, '-o', at('scores.csv'))
    await succeeded('sample', fresh, '-n', '5', '-o', at('samples.csv'))
    const { err } = await succeeded('train', '--resume', fresh, '--steps', '50', '--no-pictures')
    expect(err).toContain('at step 40 of 50')
    expect(logged(fresh).findLast(({ type }) => type === 'done')).toMatchObject({ step: 50 })
    // Rows of another file may be written otherwise: they are read as the run's own are.
    writeFileSync(at('other.tsv'), table(3, 300, '\t'))
    await succeeded(
      'train',
      at('other.tsv'),
      '--from',
      fresh,
      '--out',
      at('third'),
      ...still,
      ...tinyTraining,
    )
    expect(json(join(at('third'), 'data.json'))['encoding']).toEqual(itsData['encoding'])
    const scores = await succeeded('score', at('third'), second, '-o', at('scores of third.csv'))
    // Percentiles are among the rows that it was trained on, read again.
    expect(scores.err).not.toContain('percentiles')
  })

  it('a word that the run does not know is told, or pooled, as in scoring', async () => {
    writeFileSync(at('words.csv'), table(4, 300).replace(/,low\n/, ',unheard\n'))
    const scored = await scorefield('score', run, at('words.csv'))
    const trained = await scorefield(
      'train',
      at('words.csv'),
      '--from',
      run,
      '--out',
      at('words'),
      ...still,
      ...tinyTraining,
    )
    expect(trained.code).toBe(scored.code)
    if (scored.code !== 0) expect(trained.err).toContain(scored.err.split('\n')[0])
  })

  it.each([
    [['--family', 'energy'], /model\.family cannot be energy; it is denoiser there/],
    [['--set', 'model.size.width=99'], /model\.size\.width cannot be 99; it is 16 there/],
    [['--set', 'training.sigmaData=9'], /training\.sigmaData cannot be 9/],
    [['--set', 'data.rules=ignore'], /data\.rules cannot be ignore; it is compute there/],
  ])('%j contradicts the run and is refused', async (more, message) => {
    const { code, err } = await scorefield('train', second, '--from', run, '--out', at('none'), ...more)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  it('what says the same is accepted', async () => {
    const same = ['--family', 'denoiser', '--set', 'model.size.width=16', '--dry-run']
    await succeeded('train', second, '--from', run, ...same)
  })

  it('data without its columns, or of another kind, are refused', async () => {
    writeFileSync(at('lacking.csv'), table(2, 100).replace('count', 'number'))
    const lacking = await scorefield('train', at('lacking.csv'), '--from', run)
    expect(lacking.code).toBe(3)
    expect(lacking.err).toContain('(data/missing-column)')
    const toy = await scorefield('train', 'toy:two-moons', '--from', run)
    expect(toy.code).toBe(2)
    expect(toy.err).toMatch(/its data are of the kind "table", these of "toy"/)
  })

  it('of a toy takes another toy', async () => {
    await succeeded('train', 'toy:two-moons', '--out', at('moons'), '--steps', '5', ...tinyModel)
    await succeeded(
      'train',
      'toy:rings',
      '--from',
      at('moons'),
      '--out',
      at('rings'),
      '--steps',
      '5',
      ...tinyTraining,
    )
    expect(json(join(at('rings'), 'run.json'))['from']).toMatchObject({ name: 'two-moons' })
  })
})
