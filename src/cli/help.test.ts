import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { families } from '../family/index.ts'
import { uNet } from '../nn/index.ts'
import { defaultTraining, settings } from '../run/index.ts'
import type { TrainingConfig } from '../training/index.ts'
import { scorefield } from './command-line.test-helper.ts'
import { commands } from './commands.ts'
import { registries } from './list.action.ts'
import { buildProgram } from './run.ts'

const pathOf = (name: string): string => fileURLToPath(new URL(`help/${name}.txt`, import.meta.url))

const helps = [
  { name: 'scorefield', args: ['--help'] },
  ...commands.map(({ name }) => ({ name, args: [name, '--help'] })),
]

describe.each(helps)('--help of $name', ({ name, args }) => {
  it('is the committed one; UPDATE_HELP=1 writes it anew', async () => {
    const { code, out, err } = await scorefield(...args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    if (process.env['UPDATE_HELP']) writeFileSync(pathOf(name), out)
    expect(out).toBe(readFileSync(pathOf(name), 'utf8'))
  })

  it('fits 100 columns', async () => {
    const { out } = await scorefield(...args)
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([])
  })
})

/** Splits an example as a shell does, quotes understood. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!)

describe.each(commands.map((command) => ({ name: command.name, command })))(
  'examples of $name',
  ({ command }) => {
    it.each(command.examples)('$line is understood', async ({ line, does }) => {
      const [program, name, ...rest] = words(line)
      expect([program, name]).toEqual(['scorefield', command.name])
      expect(does).toMatch(/^[a-z].*[^.]$/)
      const context = { args: [], stdout: process.stdout, stderr: process.stderr, exitCode: 0 }
      const built = buildProgram('0', context).commands.find((candidate) => candidate.name() === name)!
      let acted = false
      built.action(() => {
        acted = true
      })
      await built.parseAsync(rest, { from: 'user' })
      expect(acted).toBe(true)
    })
  },
)

describe('what help says', () => {
  const helpOf = (name: string): string => readFileSync(pathOf(name), 'utf8').replace(/\s+/g, ' ')
  const scale = { sigmaData: 1, smallestGap: 0.01, nearestNeighbour: 0.01, largestDistance: 10 }

  it('gives the defaults that are', () => {
    const training = (dimension: number, rows: number, event?: readonly number[]): TrainingConfig =>
      defaultTraining({
        event,
        network: event && uNet,
        family: families[0]!,
        dimension,
        rows,
        heldOutRows: 100,
        seed: 0,
        scale: scale as never,
      })
    const [few, many, pictures] = [training(3, 1000), training(4, 1000), training(64, 1000, [1, 8, 8])]
    for (const name of ['batchSize', 'learningRate'] as const)
      expect(helpOf('train')).toContain(
        `(default: ${few[name]} up to 3 columns, else ${many[name]}; ${pictures[name]} of pictures)`,
      )
    const [least, most, toy] = [10, 1e9, Number.POSITIVE_INFINITY].map((rows) => training(2, rows).steps)
    expect(helpOf('train')).toContain(
      `(default: ${least} to ${most} by the number of rows, ${toy} for a toy)`,
    )
    expect(helpOf('train')).toContain(`(default: ${families[0]!.name})`)
    const usual = (path: string): unknown => settings.find((setting) => setting.path === path)!.default
    expect(helpOf('sample')).toContain(`usually ${usual('sampling.grid')})`)
  })

  it('names every list', () => {
    for (const { name } of registries) expect(helpOf('list')).toMatch(new RegExp(`\\b${name}\\b`))
  })

  it('names every command', () => {
    for (const { name, summary } of commands) {
      expect(helpOf('scorefield')).toContain(summary)
      expect(helpOf(name)).toContain(summary)
    }
  })
})

describe('list', () => {
  it('shows every item of every registry with a summary', async () => {
    const { code, events } = await scorefield('list', '--json')
    expect(code).toBe(0)
    const all = events()
    expect(all.at(-1)).toEqual({ type: 'done', lists: registries.map(({ name }) => name) })
    for (const { name, summary, items } of registries) {
      expect(summary, name).not.toBe('')
      expect(items.length, name).toBeGreaterThan(0)
      const shown = all.filter((event) => event['list'] === name)
      expect(shown.map((event) => event['name'])).toEqual(items.map((item) => item.name))
      for (const event of shown) expect(event['summary'], String(event['name'])).toMatch(/^\S.+/)
    }
  })

  it('shows one of them, and suggests', async () => {
    const { code, out, err } = await scorefield('list', 'samplers')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^samplers: .*\n {2}heun +\S/)
    expect(out).not.toContain('objectives:')
    const wrong = await scorefield('list', 'sampler')
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('Did you mean "samplers"?')
  })
})
