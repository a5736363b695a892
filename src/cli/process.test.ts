import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { type Outcome, temporaryFolder, tinyModel } from './command-line.test-helper.ts'
import { type InstalledPackage, installPackage } from './installed.test-helper.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = temporaryFolder()
const main = join(folder, 'dist/cli/main.js')
const at = (name: string): string => join(folder, name)

let installed: InstalledPackage
const start: InstalledPackage['start'] = (...args) => installed.start(...args)
const scorefield: InstalledPackage['scorefield'] = (...args) => installed.scorefield(...args)

beforeAll(async () => {
  installed = await installPackage(folder)
  const z = new RandomStream({ seed: 1, name: 'test' }).normal({ first: 0, count: 600, width: 2 })
  const rows = Array.from({ length: 300 }, (_, i) => `${z[2 * i]!.toFixed(3)},${z[2 * i + 1]!.toFixed(2)}`)
  writeFileSync(at('rows.csv'), `a,b\n${rows.join('\n')}\n`)
})

describe('the program', () => {
  it('answers --help soon after Node itself has started', () => {
    const milliseconds = (...args: string[]): number => {
      const started = performance.now()
      expect(spawnSync(process.execPath, args).status).toBe(0)
      return performance.now() - started
    }
    // Side by side, since other work slows both. Node alone takes 45 ms, so that the limit is a fifth of a second.
    const pairs = Array.from({ length: 8 }, () => [milliseconds(main, '--help'), milliseconds('-e', '0')])
    const [help, bare] = [0, 1].map((k) => Math.min(...pairs.map((pair) => pair[k]!)))
    expect(help! / bare!).toBeLessThan(4.5)
  })

  it('knows its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(await scorefield('--version')).toMatchObject({ code: 0, out: `${version}\n`, err: '' })
  })

  it('gives the exit code of each kind of error', async () => {
    expect((await scorefield('train', 'toy:two-moon')).code).toBe(2)
    expect((await scorefield('train', 'none.csv')).code).toBe(3)
  })

  it('puts runs into runs/NAME, numbered if taken, and opens them from elsewhere', async () => {
    const train = (): Promise<Outcome> => scorefield('train', 'rows.csv', '--steps', '2', ...tinyModel)
    const [first, second] = [await train(), await train()]
    expect(first.err).toContain('The run is in runs/rows\n')
    expect(second.err).toContain('The run is in runs/rows-2\n')
    const elsewhere = { cwd: join(folder, 'runs') }
    const { status, stderr } = spawnSync(process.execPath, [main, 'train', '--resume', 'rows'], elsewhere)
    expect({ status, told: String(stderr).split('\n')[0] }).toMatchObject({
      status: 0,
      told: expect.stringMatching(
        /^rows is finished: all of its 2 steps are done\. To train it longer, .* --steps N$/,
      ),
    })
  })
})

describe('--device webgpu', () => {
  it('works, or ends with 4 and says what to do', async ({ skip }) => {
    const options = ['--device', 'webgpu', '--steps', '1', '--out', at('gpu'), ...tinyModel]
    const { code, err } = await scorefield('train', 'toy:rings', ...options)
    skip(code === 0, 'there is a GPU')
    expect(code).toBe(4)
    expect(err).toMatch(/No GPU can be used[\s\S]*--device cpu[\s\S]*\(runtime\/no-webgpu\)/)
    expect(err).not.toMatch(/\n\s+at .*\.js/)
  })
})

/** Starts the program, reads one piece of its output and closes the pipe, as `| head -1` does. */
async function firstPiece(...args: string[]): Promise<Outcome> {
  const { child, done } = start(...args)
  child.stdout!.once('data', () => child.stdout!.destroy())
  return done
}

describe('a reader of stdout that goes away', () => {
  it('ends a table quietly', async () => {
    await scorefield('train', 'toy:rings', '--steps', '1', '--out', at('rings'), ...tinyModel)
    const options = ['-n', '100000', '--steps', '1', '--sampler', 'euler', '--threads', '1', '--quiet']
    expect(await firstPiece('sample', at('rings'), ...options)).toMatchObject({ code: 0, err: '' })
  })

  it('ends a list quietly', async () => {
    expect(await firstPiece('list')).toMatchObject({ code: 0, err: '' })
  })

  it('stops a training as Ctrl-C does, its state saved', async () => {
    const out = at('closed')
    const options = ['--steps', '100000', '--json', '--out', out, ...tinyModel]
    const { code, err } = await firstPiece('train', 'toy:rings', ...options)
    expect(code).toBe(130)
    expect(err).toMatch(/Stopped at step [\d,]+\. Go on with: scorefield train --resume/)
    expect(err).not.toMatch(/\n\s+at /)
    expect(readdirSync(join(out, 'checkpoints')).length).toBeGreaterThan(0)
  })
})

describe('Ctrl-C', () => {
  const steps = 3000
  const one = ['--threads', '1']
  const options = ['rows.csv', '--steps', `${steps}`, '--json', ...tinyModel]
  const patience = ['--set', 'training.patienceEvaluations=0']
  const often = ['--set', 'training.stepsPerCall=7', '--set', 'training.checkpointEverySteps=1000']

  /** Trains, with an interruption at the first event that `when` accepts. */
  function interrupted(out: string, signal: NodeJS.Signals): Promise<Outcome> {
    const { child, done } = start('train', ...options, ...patience, ...often, '--out', out)
    let seen = ''
    child.stdout!.on('data', function listen(text) {
      seen += text
      if (!/"type":"step","step":3[5-9]\d/.test(seen)) return
      child.stdout!.off('data', listen)
      child.kill(signal)
    })
    return done
  }

  it('saves and stops; --resume then ends where an uninterrupted run does, byte for byte', async () => {
    const straight = await scorefield('train', ...options, ...patience, ...often, '--out', at('straight'))
    expect(straight.code).toBe(0)
    const stopped = await interrupted(at('stopped'), 'SIGINT')
    expect(stopped.code).toBe(130)
    expect(stopped.err).toContain('the state is saved')
    const last = stopped.events().at(-1)!
    expect(last).toMatchObject({ type: 'done', reason: 'interrupted', run: at('stopped') })
    const step = last['step'] as number
    expect(step).toBeGreaterThan(300)
    expect(step).toBeLessThan(steps)
    const name = `step-${String(step).padStart(9, '0')}`
    expect(existsSync(join(at('stopped'), 'checkpoints', name, 'model.safetensors'))).toBe(true)
    expect(existsSync(join(at('stopped'), 'lock'))).toBe(false)

    const resumed = await scorefield('train', '--resume', at('stopped'), '--no-pictures', '--json', ...one)
    expect(resumed).toMatchObject({ code: 0 })
    expect(resumed.events().at(-1)).toMatchObject({ type: 'done', reason: 'finished', step: steps })
    const end = (run: string, file: string): Buffer =>
      readFileSync(join(at(run), `checkpoints/step-${String(steps).padStart(9, '0')}`, file))
    for (const file of ['model', 'ema', 'optimizer', 'best'].map((group) => `${group}.safetensors`))
      expect(end('stopped', file).equals(end('straight', file)), file).toBe(true)
    const evaluations = (run: string): string[] =>
      readFileSync(join(at(run), 'metrics.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => /"heldOutLoss"/.test(line))
    const losses = (run: string): unknown[] => evaluations(run).map((line) => JSON.parse(line).heldOutLoss)
    expect(losses('stopped')).toEqual(losses('straight'))
  })

  it('by SIGTERM does the same', async () => {
    const { code, events } = await interrupted(at('terminated'), 'SIGTERM')
    expect(code).toBe(130)
    expect(events().at(-1)).toMatchObject({ type: 'done', reason: 'interrupted' })
  })

  it('of a comparison says where what is done is kept', async () => {
    const { child, done } = start(
      ...['compare', 'toy:rings', '--families', 'autoregressive,nice', '--seeds', '1', '--json', ...one],
      ...['--set', 'training.steps=200000', '--out', at('compared')],
    )
    child.stdout!.once('data', () => child.kill('SIGINT'))
    const { code, err } = await done
    expect(code).toBe(130)
    expect(err.split('\n').at(-2)).toBe(
      `Stopped. What is done is kept in ${at('compared')}; the same command goes on with it.`,
    )
    expect(existsSync(at('compared/autoregressive-0/run.json'))).toBe(true)
  })

  it('while a sample is drawn writes nothing', async () => {
    const { child, done } = start(
      'sample',
      at('rings'),
      '-n',
      '3000000',
      '--json',
      '-o',
      at('huge.csv'),
      ...one,
    )
    child.stdout!.once('data', () => child.kill('SIGINT'))
    const { code, err, events } = await done
    expect({ code, err: err.split('\n').at(-2) }).toEqual({ code: 130, err: 'Stopped; nothing was written.' })
    expect(events().at(-1)).toEqual({ type: 'done', reason: 'interrupted' })
    expect(existsSync(at('huge.csv'))).toBe(false)
  })

  it('keeps a second training out of a run that one is under way in', async () => {
    const long = ['--steps', '1000000', '--set', 'training.checkpointEverySteps=50', '--json', ...tinyModel]
    const { child, done } = start('train', 'toy:rings', ...long, '--out', at('busy'))
    await new Promise<void>((resolve) => {
      child.stdout!.on('data', (text) => {
        if (String(text).includes('"checkpoint"')) resolve()
      })
    })
    const resumed = await scorefield('train', '--resume', at('busy'))
    const anew = await scorefield('train', 'toy:rings', '--out', at('busy'))
    child.kill('SIGINT')
    expect((await done).code).toBe(130)
    expect(resumed.err).toContain('(run/locked)')
    expect(anew.err).toContain('(run/exists)')
    expect([resumed.code, anew.code]).toEqual([2, 2])
  })
})
