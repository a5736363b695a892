import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeSafetensors } from '../../files/index.ts'
import type { TrainingState } from '../../training/index.ts'
import { ownFolder } from '../testing/runs.ts'
import { stateAt } from '../testing/states.ts'
import {
  latestHeader,
  listCheckpoints,
  loadCheckpoint,
  loadWeights,
  saveCheckpoint,
} from './checkpoint.node.ts'
import { writeDurably } from './durable.node.ts'
import { sha256 } from './fingerprint.node.ts'

const code = (suffix: string, more: object = {}): unknown =>
  expect.objectContaining({ code: `run/${suffix}`, ...more })

const ownRun = async (): Promise<{ folder: string }> => ({ folder: await ownFolder() })

const stepsOf = async (run: { folder: string }): Promise<number[]> =>
  (await listCheckpoints(run)).map(({ step }) => step)

/** Every bit of a state, in order. */
const bitsOf = (state: TrainingState): unknown => {
  const bits = (weights: Readonly<Record<string, Float32Array>>) =>
    Object.entries(weights).map(([name, data]) => [name, [...new Uint32Array(data.slice().buffer)]])
  const { groups, best, ...rest } = state
  return { rest, best: best && bits(best), groups: Object.entries(groups).map(([n, w]) => [n, bits(w)]) }
}

const weights = fc.dictionary(
  fc.string({ unit: 'grapheme', maxLength: 6 }).filter((name) => name !== '__metadata__'),
  fc
    .array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 5 })
    .map((bits) => new Float32Array(Uint32Array.from(bits).buffer)),
  { maxKeys: 3 },
)

const states: fc.Arbitrary<TrainingState> = fc
  .record({
    step: fc.nat(),
    model: weights,
    ema: weights,
    moments: fc.dictionary(
      fc.stringMatching(/^[a-z]{1,5}$/).filter((name) => name !== 'model' && name !== 'ema'),
      weights,
      { maxKeys: 3 },
    ),
    best: fc.option(weights, { nil: undefined }),
    bestLoss: fc.option(fc.double()),
    bestStandardError: fc.option(fc.double(), { nil: undefined }),
    bestStep: fc.nat(),
    evaluationsWithoutBest: fc.nat(),
  })
  .map(({ model, ema, moments, best, bestStandardError, ...rest }) => ({
    ...rest,
    ...(bestStandardError === undefined ? {} : { bestStandardError }),
    groups: { model, ema, ...moments },
    ...(best ? { best } : {}),
  }))

describe('a checkpoint', () => {
  test('comes back bit for bit', async () => {
    const run = await ownRun()
    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        await saveCheckpoint(run, state, { keep: 1 })
        const loaded = await loadCheckpoint(run, state.step)
        expect(bitsOf(loaded.value)).toEqual(bitsOf(state))
        expect(loaded).toMatchObject({ step: state.step, warnings: [] })
        await rm(join(run.folder, 'checkpoints'), { recursive: true })
      }),
      { numRuns: 25 },
    )
  })

  test('is the folder that the design says, with shapes for others to read', async () => {
    const run = await ownRun()
    const state = stateAt(4000, 6)
    const folder = await saveCheckpoint(run, state, { shapes: { 'in.weight': [2, 3], 'a/b': [7] } })
    expect(folder).toBe(join(run.folder, 'checkpoints', 'step-000004000'))
    const files = ['best', 'ema', 'model', 'optimizer'].map((name) => `${name}.safetensors`)
    expect((await readdir(folder)).sort()).toEqual([...files, 'state.json'].sort())
    const shapeOf = async (file: string, name: string) =>
      decodeSafetensors(await readFile(join(folder, file))).tensors[name]!.shape
    expect(await shapeOf('model.safetensors', 'in.weight')).toEqual([2, 3])
    expect(await shapeOf('optimizer.safetensors', 'second/in.weight')).toEqual([2, 3])
    // A shape that does not fit is no reason to lose the numbers.
    expect(await shapeOf('ema.safetensors', 'a/b')).toEqual([6])
    const said = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8'))
    expect(said).toMatchObject({ formatVersion: 1, step: 4000, bestLoss: 1 / 4003, bestStep: 3999 })
    for (const file of files) expect(said.files[file]).toBe(sha256(await readFile(join(folder, file))))
  })

  test('gives its weights without the rest: the best, else the average', async () => {
    const run = await ownRun()
    const { best, ...without } = stateAt(2)
    await saveCheckpoint(run, stateAt(1))
    await saveCheckpoint(run, without)
    for (const step of [1, 2])
      await rm(join(run.folder, 'checkpoints', `step-00000000${step}`, 'optimizer.safetensors'))
    // Each says the step that it is of: the best of step 1 was found one step earlier.
    expect((await loadWeights(run, 1)).value).toEqual({ kind: 'best', step: 0, weights: stateAt(1).best })
    expect((await loadWeights(run, 'latest')).value).toEqual({
      kind: 'ema',
      step: 2,
      weights: without.groups['ema'],
    })
    expect((await loadWeights(run, 1, 'model')).value.weights).toEqual(stateAt(1).groups['model'])
    expect(best).toBeDefined()
  })

  test('a group whose name holds a slash is refused', async () => {
    const state = { ...stateAt(1), groups: { 'a/b': {} } }
    await expect(saveCheckpoint(await ownRun(), state)).rejects.toEqual(
      code('group-name', { kind: 'internal' }),
    )
  })
})

describe('several checkpoints', () => {
  test('the newest are kept, and the one just saved always is', async () => {
    const run = await ownRun()
    for (const step of [5, 1000, 10, 1_000_000_000]) await saveCheckpoint(run, stateAt(step))
    expect(await stepsOf(run)).toEqual([1_000_000_000, 1000, 10])
    await saveCheckpoint(run, stateAt(7))
    expect(await stepsOf(run)).toEqual([1_000_000_000, 1000, 7])
    await saveCheckpoint(run, stateAt(8), { keep: 0 })
    expect(await stepsOf(run)).toEqual([8])
  })

  test('a step saved again is replaced', async () => {
    const run = await ownRun()
    await saveCheckpoint(run, stateAt(1))
    const again = { ...stateAt(2), step: 1 }
    await saveCheckpoint(run, again)
    expect(bitsOf((await loadCheckpoint(run, 1)).value)).toEqual(bitsOf(again))
    expect(await readdir(join(run.folder, 'checkpoints'))).toEqual(['step-000000001'])
  })

  test('a kill while a step is replaced loses neither', async () => {
    const run = await ownRun()
    const folder = await saveCheckpoint(run, stateAt(1))
    await rename(folder, `${folder}.replaced`)
    expect((await loadCheckpoint(run, 'latest')).value).toEqual(stateAt(1))
    await saveCheckpoint(run, { ...stateAt(2), step: 1 })
    expect(await readdir(join(run.folder, 'checkpoints'))).toEqual(['step-000000001'])
    await cp(folder, `${folder}.replaced`, { recursive: true })
    await saveCheckpoint(run, stateAt(1))
    expect((await loadCheckpoint(run, 'latest')).value).toEqual(stateAt(1))
    expect(await readdir(join(run.folder, 'checkpoints'))).toEqual(['step-000000001'])
  })

  test('none, and none of that step', async () => {
    const run = await ownRun()
    await expect(loadCheckpoint(run, 'latest')).rejects.toEqual(code('no-checkpoint', { kind: 'usage' }))
    expect(await latestHeader(run)).toBeUndefined()
    await saveCheckpoint(run, stateAt(3))
    await saveCheckpoint(run, stateAt(4))
    await expect(loadCheckpoint(run, 5)).rejects.toEqual(
      code('no-such-checkpoint', { kind: 'usage', hint: 'There are those of steps 4, 3.' }),
    )
  })
})

describe('damage', () => {
  const files = ['best', 'ema', 'model', 'optimizer'].map((name) => `${name}.safetensors`)

  test.each([...files, 'state.json'])('%s: missing, cut short, longer', async (file) => {
    const run = await ownRun()
    await saveCheckpoint(run, stateAt(1))
    const newer = await saveCheckpoint(run, stateAt(2))
    const path = join(newer, file)
    const whole = await readFile(path)
    const damages = [
      () => rm(path),
      () => writeFile(path, whole.subarray(0, whole.length - 4)),
      () => writeFile(path, whole.subarray(0, 3)),
      () => truncate(path, 0),
      () => writeFile(path, Buffer.concat([whole, Buffer.from('x')])),
      () => writeFile(path, Buffer.alloc(whole.length)),
    ]
    for (const damage of damages) {
      await damage()
      const corrupt = { kind: 'data', where: path, message: expect.stringContaining(path) }
      await expect(loadCheckpoint(run, 2)).rejects.toEqual(code('checkpoint-corrupt', corrupt))
      const { value, step, warnings } = await loadCheckpoint(run, 'latest')
      expect(value).toEqual(stateAt(1))
      expect(step).toBe(1)
      expect(warnings).toEqual([{ code: 'run/checkpoint-corrupt', message: expect.stringContaining(path) }])
      await writeFile(path, whole)
    }
    expect((await loadCheckpoint(run, 'latest')).warnings).toEqual([])
  })

  test('a flipped bit anywhere is seen, or changes nothing', async () => {
    const run = await ownRun()
    const folder = await saveCheckpoint(run, stateAt(1))
    let seen = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files, 'state.json', 'state.json'),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: 7 }),
        async (file, place, bit) => {
          const path = join(folder, file)
          const whole = await readFile(path)
          const flipped = Buffer.from(whole)
          flipped[Math.floor(place * whole.length)]! ^= 1 << bit
          await writeFile(path, flipped)
          try {
            const { value } = await loadCheckpoint(run, 1)
            // White space of state.json is all that may change.
            expect(file).toBe('state.json')
            expect(value).toEqual(stateAt(1))
          } catch (error) {
            expect(error).toEqual(code('checkpoint-corrupt', { where: path }))
            seen++
          } finally {
            await writeFile(path, whole)
          }
        },
      ),
      { numRuns: 150 },
    )
    expect(seen).toBeGreaterThan(100)
  })

  test('where all are damaged, the newest is named', async () => {
    const run = await ownRun()
    const folders = [await saveCheckpoint(run, stateAt(1)), await saveCheckpoint(run, stateAt(2))]
    for (const folder of folders) await rm(join(folder, 'ema.safetensors'))
    await expect(loadCheckpoint(run, 'latest')).rejects.toEqual(
      code('checkpoint-corrupt', { where: join(folders[1]!, 'ema.safetensors') }),
    )
  })

  test('a newer version is refused, not skipped', async () => {
    const run = await ownRun()
    await saveCheckpoint(run, stateAt(1))
    const path = join(await saveCheckpoint(run, stateAt(2)), 'state.json')
    const { checksum: _, ...said } = JSON.parse(await readFile(path, 'utf8'))
    const newer = { ...said, formatVersion: 2 }
    for (const text of [newer, { ...newer, checksum: sha256(JSON.stringify(newer)) }]) {
      await writeFile(path, JSON.stringify(text))
      await expect(loadCheckpoint(run, 'latest')).rejects.toEqual(
        code('newer-version', { kind: 'usage', where: path }),
      )
    }
  })
})

describe('a write that fails', () => {
  const failing = (errno: string) => {
    let written = 0
    return async (path: string, content: Uint8Array | string): Promise<void> => {
      // The third file breaks off half-way.
      if (written++ < 2) return writeDurably(path, content)
      await writeDurably(path, content.slice(0, content.length / 2))
      throw Object.assign(new Error(`${errno}: told by the test`), { code: errno })
    }
  }

  test.each([
    ['ENOSPC', 'disk-full', 'usage'],
    ['EDQUOT', 'disk-full', 'usage'],
    ['EROFS', 'not-writable', 'usage'],
    ['EACCES', 'not-writable', 'usage'],
    ['EIO', 'write-failed', 'internal'],
  ])('%s: a clear error, the older checkpoints whole, nothing half-made', async (errno, suffix, kind) => {
    const run = await ownRun()
    for (const step of [1, 2, 3]) await saveCheckpoint(run, stateAt(step))
    for (const step of [3, 4])
      await expect(saveCheckpoint(run, stateAt(step), { write: failing(errno) })).rejects.toEqual(
        code(suffix, { kind, message: expect.stringContaining(`step-00000000${step}`) }),
      )
    const left = ['step-000000001', 'step-000000002', 'step-000000003']
    expect((await readdir(join(run.folder, 'checkpoints'))).sort()).toEqual(left)
    for (const step of [1, 2, 3]) expect((await loadCheckpoint(run, step)).value).toEqual(stateAt(step))
  })

  test('a file where the folder should be', async () => {
    const run = await ownRun()
    await writeFile(join(run.folder, 'checkpoints'), '')
    await expect(saveCheckpoint(run, stateAt(1))).rejects.toEqual(code('not-a-folder', { kind: 'usage' }))
  })

  test('what a killed writer left is swept up by the next save, and by nothing else', async () => {
    const run = await ownRun()
    const folder = await saveCheckpoint(run, stateAt(1))
    const parent = join(run.folder, 'checkpoints')
    await mkdir(join(parent, '.step-000000002.partial-00ff'))
    await mkdir(join(parent, 'mine'))
    expect((await loadCheckpoint(run, 'latest')).value).toEqual(stateAt(1))
    await saveCheckpoint(run, stateAt(2))
    expect((await readdir(parent)).sort()).toEqual(['mine', 'step-000000001', 'step-000000002'])
    expect(folder).toContain('step-000000001')
  })
})

test.runIf(process.platform !== 'win32')('kill −9 at any moment: the newest checkpoint loads', async () => {
  const run = await ownRun()
  const script = join(run.folder, 'save-forever.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, '../testing/save-forever.ts')],
    bundle: true,
    // Loaded only when asked for, which saving never does.
    external: ['onnxruntime-node', 'onnxruntime-web'],
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'silent',
  })
  const size = 2000
  let first = 1
  let killedInside = 0
  for (let round = 0; round < 20; round++) {
    const child = spawn(process.execPath, [script, run.folder, String(first), String(size)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    child.stdout.on('data', (chunk) => {
      told += chunk
    })
    const ended = once(child, 'close')
    await once(child.stdout, 'data')
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
    child.kill('SIGKILL')
    await ended
    const last = Number(told.trim().split('\n').at(-1))
    const names = await readdir(join(run.folder, 'checkpoints'))
    if (names.some((name) => name.startsWith('.'))) killedInside++
    const { value, step, warnings } = await loadCheckpoint(run, 'latest')
    expect(warnings).toEqual([])
    // The one told last, or the next one, saved but not told any more.
    expect([last, last + 1]).toContain(step)
    expect(bitsOf(value)).toEqual(bitsOf(stateAt(step, size)))
    first = step + 1
  }
  // Some kills hit a save half-way: else the test would show nothing.
  expect(killedInside).toBeGreaterThan(0)
  // The next save clears up.
  await saveCheckpoint(run, stateAt(first))
  expect((await readdir(join(run.folder, 'checkpoints'))).length).toBe(3)
})

test.runIf(process.platform === 'linux')(
  'a device that is full is told so by the system itself',
  async () => {
    await expect(writeDurably('/dev/full', 'x')).rejects.toMatchObject({ code: 'ENOSPC' })
  },
)
