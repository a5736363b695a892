import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  const lines = Array.from({ length: 100 }, (_, i) => `${(i * 37) % 11},${Math.sin(i).toFixed(3)}`)
  writeFileSync(at('rows.csv'), `a,b\n${lines.join('\n')}\n`)
  const train = (out: string, ...options: string[]): Promise<unknown> =>
    succeeded('train', at('rows.csv'), '--steps', '10', '--out', at(out), ...tinyModel, ...options)
  await train('first')
  await train('same')
  await train('other', '--learning-rate', '0.004', '--seed', '5')
}, 60_000)

describe('runs --diff', () => {
  it('tells the settings and losses that differ, and no others', async () => {
    const { events } = await succeeded('runs', '--diff', at('first'), at('other'), '--json')
    const { differences } = events().at(-1) as {
      differences: { path: string; first: string; second: string }[]
    }
    const paths = differences.map(({ path }) => path)
    for (const path of ['seed', 'training.learningRate', 'held-out loss']) expect(paths).toContain(path)
    expect(differences.find(({ path }) => path === 'training.learningRate')).toMatchObject({
      second: '0.004',
    })
    for (const path of ['training.steps', 'model.network', 'data.source']) expect(paths).not.toContain(path)
    const { out } = await succeeded('runs', '--diff', at('first'), at('other'))
    expect(out).toMatch(/^setting +\S/)
  })

  it('says that runs of the same settings have the same', async () => {
    const { err } = await succeeded('runs', '--diff', at('first'), at('same'))
    expect(err).toContain('have the same settings')
  })

  it('takes two runs', async () => {
    expect((await scorefield('runs', '--diff', at('first'))).err).toContain('--diff takes two runs, not 1')
    expect((await scorefield('runs', '--diff', at('first'), at('none'))).code).toBe(2)
  })
})

describe('train --dry-run', () => {
  it('estimates the time by the first steps, and writes nothing', async () => {
    const options = ['--dry-run', '--steps', '4000', '--out', at('dry'), ...tinyModel]
    const done = await succeeded('train', at('rows.csv'), ...options, '--json')
    const { estimate, parameters } = done.events().at(-1) as {
      estimate: { seconds: number; secondsPerStep: number; residentBytes: number }
      parameters: number
    }
    expect(estimate.seconds).toBeCloseTo(4000 * estimate.secondsPerStep, 6)
    expect(estimate.secondsPerStep).toBeGreaterThan(0)
    expect(estimate.residentBytes).toBeGreaterThan(30e6)
    expect(parameters).toBeGreaterThan(100)
    expect((await scorefield('sample', at('dry'), '-n', '1')).code).toBe(2)
  })

  it('is right within a factor of three about a run of a second', async () => {
    const options = ['--steps', '2000', '--set', 'training.patienceEvaluations=0', ...tinyModel]
    const dry = await succeeded('train', at('rows.csv'), ...options, '--dry-run', '--json')
    const { estimate } = dry.events().at(-1) as { estimate: { seconds: number } }
    const run = await succeeded('train', at('rows.csv'), ...options, '--out', at('timed'), '--json')
    const steps = run.events().filter(({ type }) => type === 'step') as { secondsElapsed: number }[]
    const seconds = steps.at(-1)!.secondsElapsed - steps[0]!.secondsElapsed
    expect(estimate.seconds / seconds).toBeGreaterThan(1 / 3)
    expect(estimate.seconds / seconds).toBeLessThan(3)
  }, 60_000)
})
