import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sharp } from '../data/picture/pictures.test-helper.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'
import { writeSides } from './side-pictures.test-helper.ts'

const folder = temporaryFolder()
const at = (...names: string[]): string => join(folder, ...names)
const data = at('shapes')
const run = at('runs', 'shapes')

beforeAll(async () => {
  writeSides(data, 40)
  const small = ['--set', 'model.network=residual-mlp', ...tinyModel]
  await succeeded('train', data, '--out', run, '--steps', '20', ...small)
})

describe('a few-step student', () => {
  const student = at('runs', 'student')

  it('starts from a run and draws in one step', async () => {
    const options = ['--from', run, '--objective', 'consistency', '--steps', '10']
    await succeeded('train', data, '--out', student, ...options, '--no-pictures')
    const { config } = JSON.parse(readFileSync(join(student, 'run.json'), 'utf8'))
    expect(config.training).toMatchObject({ objective: 'consistency', weighting: 'wide' })
    expect(config.sampling).toMatchObject({ sampler: 'consistency' })
    await succeeded('sample', student, '-n', '4', '-o', at('one.png'), '--steps', '1', '--label', 'left')
    expect((await sharp(at('one.png')).metadata()).width).toBeGreaterThan(10)
  })

  it('follows the guided flow of the run that it starts from, which it keeps over a break', async () => {
    const [whole, broken] = [at('runs', 'distilled'), at('runs', 'distilled in parts')]
    const options = ['--from', run, '--objective', 'consistency-distillation', '--no-pictures']
    await succeeded('train', data, '--out', whole, ...options, '--steps', '8')
    await succeeded('train', data, '--out', broken, ...options, '--steps', '4')
    const { config } = JSON.parse(readFileSync(join(whole, 'run.json'), 'utf8'))
    expect(config.training.objectiveOptions).toEqual({ guidance: 1.5 })
    expect(config.sampling).toMatchObject({ sampler: 'consistency' })
    expect(config.sampling.guidance).toBeUndefined()
    await succeeded('train', '--resume', broken, '--steps', '8', '--no-pictures')
    for (const [student, sheet] of [
      [whole, 'whole.png'],
      [broken, 'parts.png'],
    ] as const)
      await succeeded('sample', student, '-n', '4', '-o', at(sheet), '--steps', '1', '--label', 'left')
    expect((await sharp(at('whole.png')).metadata()).width).toBeGreaterThan(10)
  })

  it.each([
    ['nothing', []],
    ['a student', ['--from', student]],
  ])('does not learn to follow %s', async (what, from) => {
    const options = ['--objective', 'consistency-distillation', '--steps', '4', '--out', at('runs', 'never')]
    const { code, err } = await scorefield('train', data, ...from, ...options)
    expect(code).toBe(2)
    expect(err).toContain(what === 'nothing' ? '(training/needs-start)' : '(usage/from)')
    expect(err).toContain('--from RUN')
    expect(existsSync(at('runs', 'never'))).toBe(false)
  })

  it('refuses a guidance below 0, and leaves no folder', async () => {
    const options = ['--from', run, '--objective', 'consistency-distillation', '--out', at('runs', 'never')]
    const guidance = ['--set', 'training.objectiveOptions.guidance=-1']
    const { code, err } = await scorefield('train', data, ...options, ...guidance)
    expect(code).toBe(2)
    expect(err).toContain('(objective/setting)')
    expect(existsSync(at('runs', 'never'))).toBe(false)
  })

  it.each([
    ['sampled as a denoiser', ['sample', '-n', '2', '-o', 'x.png', '--sampler', 'heun'], 'sampling/cannot'],
    ['guided', ['sample', '-n', '2', '-o', 'x.png', '--label', 'left', '--guidance', '2'], 'family/cannot'],
    ['guided by a worse one', ['sample', '-n', '2', '-o', 'x.png', '--guide-run', student], 'family/cannot'],
    ['asked for densities', ['score', data, '-o', 'x.csv'], 'family/cannot'],
  ])('cannot be %s', async (_, [command, ...options], code) => {
    const { code: exit, err } = await scorefield(command!, student, ...options)
    expect(exit).toBe(4)
    expect(err).toContain(`(${code})`)
  })
})
