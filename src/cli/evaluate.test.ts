import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { JSDOM } from 'jsdom'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { toyByName } from '../density/index.ts'
import { verdictOf } from '../evaluation/index.ts'
import type { RunEvaluation } from '../run/node.ts'
import {
  type Outcome,
  scorefield,
  succeeded,
  temporaryFolder,
  tinyModel,
} from './command-line.test-helper.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value / values.length, 0)

describe('a run on a known density', () => {
  const run = at('toy')
  let done: Outcome
  let found: RunEvaluation

  beforeAll(async () => {
    await succeeded(
      'train',
      'toy:gaussian',
      '--out',
      run,
      '--steps',
      '400',
      '--no-pictures',
      '--threads',
      '1',
      ...tinyModel,
    )
    done = await succeeded('evaluate', run, '--json', '--threads', '1')
    found = done.events().at(-1) as unknown as RunEvaluation
  })

  it('judges the baselines by the exact log-density of the same rows', () => {
    const toy = toyByName('gaussian')
    // All of 2,000 fresh draws of another seed than training's, in float32 as the model gets them.
    const rows = toy.sample({ seed: 3, first: 0, count: 2000 })
    const exact = mean(toy.logDensity(Float64Array.from(rows, Math.fround)))
    expect(found.likelihood!.model.rows).toBe(2000)
    expect(found.choseWeights).toBe(false)
    const gaussian = found.likelihood!.baselines.find(({ name }) => name === 'gaussian')!
    expect(Math.abs(gaussian.logDensity.value - exact)).toBeLessThan(0.02)
    expect(Math.abs(found.likelihood!.model.value - exact)).toBeLessThan(0.5)
    for (const { logDensity, advantage } of found.likelihood!.baselines) {
      expect(advantage.value).toBeCloseTo(found.likelihood!.model.value - logDensity.value, 9)
      expect(advantage.low).toBeLessThan(advantage.value)
      expect(advantage.high).toBeGreaterThan(advantage.value)
    }
  })

  it('gives every figure of samples with its interval and its floor', () => {
    const figures = found.samples!.figures
    expect(figures.length).toBeGreaterThan(10)
    for (const { low, value, high, floor } of figures) {
      expect(low).toBeLessThanOrEqual(value)
      expect(high).toBeGreaterThanOrEqual(value)
      expect(Number.isFinite(floor.value)).toBe(true)
    }
    // The floor compares draws of one and the same distribution.
    const { floor } = figures.find(({ name }) => name === 'classifier')!
    expect([floor.low <= 0.5, floor.high >= 0.5]).toEqual([true, true])
  })

  it('gives programs the verdict, too, made of the figures', () => {
    const { verdict, ...figures } = found
    expect(verdict!.facts.map(({ name }) => name)).toContain('realism')
    expect(verdict).toEqual(JSON.parse(JSON.stringify(verdictOf(figures))))
  })

  it('writes the same to evaluation.json', () => {
    const { type: _, secondsElapsed: __, ...told } = done.events().at(-1)!
    expect(JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8'))).toEqual(told)
  })

  it('writes a report and a model card beside it, of the same figures', () => {
    const report = readFileSync(join(run, 'report.html'), 'utf8')
    const card = readFileSync(join(run, 'MODEL_CARD.md'), 'utf8')
    expect(report).toMatch(/^<!doctype html>/)
    expect(report.indexOf('id="verdict"')).toBeLessThan(report.indexOf('id="training"'))
    expect(report).toContain('Real rows that the model finds least likely')
    const { value } = found.samples!.figures.find(({ name }) => name === 'classifier')!
    expect(card).toContain(`value: ${value}\n`)
    for (const text of [report, card]) expect(text).not.toMatch(/\b(undefined|NaN)\b/)
    expect(done.err).toContain(join(run, 'report.html'))
  })

  it('tells a person the verdict first', async () => {
    const { out } = await succeeded('evaluate', run, '--threads', '1')
    expect(out).toMatch(/^Verdict: Of \d+ aspects measured, /)
    expect(out.indexOf('Log-likelihood')).toBeLessThan(out.indexOf('Samples against real rows'))
    expect(out).toMatch(/gaussian +[−\d].*(better by|WORSE by|no difference shown)/)
    // The page says the same, word for word.
    const page = new JSDOM(readFileSync(join(run, 'report.html'), 'utf8')).window.document
    const said = [...page.querySelectorAll('#verdict .said, #verdict li')].map(
      ({ textContent }) => textContent,
    )
    expect(
      out
        .split('\n\n')[0]!
        .split('\n')
        .map((line) => line.replace(/^(Verdict: |- )/, '')),
    ).toEqual(said)
    expect(out).toMatch(/classifier .*0\.5 is perfect/)
  })
})

describe('a run on a table', () => {
  const run = at('table')
  const data = at('data.csv')
  const count = 300
  const z = new RandomStream({ seed: 4, name: 'evaluate' }).normal({ first: 0, count, width: 2 })
  const values = Float64Array.from(z, (value, i) => (i % 2 === 0 ? 1000 * value : 0.01 * value))

  beforeAll(async () => {
    const line = (i: number): string => `${values[2 * i]!.toFixed(4)},${values[2 * i + 1]!.toFixed(9)}`
    writeFileSync(data, `wide,narrow\n${Array.from({ length: count }, (_, i) => line(i)).join('\n')}\n`)
    await succeeded(
      'train',
      data,
      '--out',
      run,
      '--steps',
      '20',
      '--no-pictures',
      '--threads',
      '1',
      ...tinyModel,
      '--set',
      'model.size.blocks=2',
    )
  })

  it('speaks of log-densities in the units of the data', async () => {
    const told = (await succeeded('evaluate', run, '--against', data, '--json', '--threads', '1'))
      .events()
      .at(-1)!
    const { likelihood, against } = told as unknown as RunEvaluation
    const gaussian = likelihood!.baselines.find(({ name }) => name === 'gaussian')!
    // The entropy of N(0, 1000²) × N(0, 0.01²): ln(2πe) + ln 1000 + ln 0.01.
    const entropy = Math.log(2 * Math.PI * Math.E) + Math.log(1000) + Math.log(0.01)
    expect(Math.abs(gaussian.logDensity.value + entropy)).toBeLessThan(0.3)
    expect(against).toContain('data.csv')
  })

  it('says that the test rows of a small table chose the weights, and of how many rows the likelihood is', async () => {
    const { out } = await succeeded('evaluate', run, '--likelihood-rows', '20', '--threads', '1')
    expect(out).toMatch(
      /^Verdict: .*\n- The table is small, so the rows that judge the model chose its weights, too/,
    )
    expect(out).toContain('Log-likelihood of 20 rows, nats a row')
    const all = JSON.parse(readFileSync(join(run, 'evaluation.json'), 'utf8')) as RunEvaluation
    expect(all.choseWeights).toBe(true)
    expect(all.likelihood!.model.rows).toBe(20)
  })

  it('judges no samples by fewer than 40 rows, and says so', async () => {
    const few = at('few.csv')
    const lines = readFileSync(data, 'utf8').split('\n').slice(0, 31)
    writeFileSync(few, lines.join('\n'))
    const { out } = await succeeded('evaluate', run, '--against', few, '--threads', '1')
    expect(out).toContain('Too few rows to judge samples by.')
  })

  it('refuses weights of another network', async () => {
    const edited = at('edited')
    cpSync(run, edited, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(edited, 'run.json'), 'utf8'))
    // One block less: all that is asked for is there, and more.
    manifest.config.model.size.blocks -= 1
    writeFileSync(join(edited, 'run.json'), JSON.stringify(manifest))
    const { code, err } = await scorefield('evaluate', edited)
    expect([code, err.includes('run/weights-do-not-fit')]).toEqual([3, true])
    rmSync(edited, { recursive: true })
  })

  it('refuses rows of other columns', async () => {
    writeFileSync(at('other.csv'), 'a,b\n1,2\n3,4\n')
    const { code, err } = await scorefield('evaluate', run, '--against', at('other.csv'))
    expect([code, err.includes('data/missing-column')]).toEqual([3, true])
  })
})

describe('runs', () => {
  it('lists the runs of a folder, in the order asked', async () => {
    const { out } = await succeeded('runs', folder)
    expect(out).toMatch(/run +created +data +steps +held-out loss +classifier +verdict/)
    expect(out).toMatch(/toy .* 0\.\d+ \(0\.\d+ to 0\.\d+\) .*\d (good|fair|poor|not shown)/)
    expect(out).toMatch(/toy .*toy:gaussian +400\/400/)
    const names = async (order: string): Promise<unknown[]> =>
      (await succeeded('runs', folder, '--sort', order, '--json')).events().map(({ name }) => name)
    expect(await names('name')).toEqual(['data', 'gaussian', undefined])
    expect(await names('loss')).toEqual(['data', 'gaussian', undefined])
    expect(await names('created')).toEqual(['data', 'gaussian', undefined])
    const listed = (await succeeded('runs', folder, '--json')).events().filter(({ type }) => type === 'run')
    const area = (name: string): number | null =>
      listed.find((event) => event['name'] === name)!['classifier'] as number | null
    for (const { folder: place, classifier } of listed) {
      const text = readFileSync(join(String(place), 'evaluation.json'), 'utf8')
      const figures = JSON.parse(text).samples?.figures as { name: string; value: number }[] | undefined
      expect(classifier).toBe(figures?.find(({ name }) => name === 'classifier')?.value ?? null)
    }
    const distances = ['data', 'gaussian'].map(area)
    const order = distances
      .map(
        (value, i) => [value === null ? Infinity : Math.abs(value - 0.5), ['data', 'gaussian'][i]] as const,
      )
      .sort(([a], [b]) => a - b)
    expect(await names('classifier')).toEqual([...order.map(([, which]) => which), undefined])
  })

  it('says so where there are none', async () => {
    const { code, err } = await scorefield('runs', at('nowhere'))
    expect([code, err.includes('There are no runs')]).toEqual([0, true])
  })

  it('refuses another order', async () => {
    expect((await scorefield('runs', folder, '--sort', 'size')).code).toBe(2)
  })
})
