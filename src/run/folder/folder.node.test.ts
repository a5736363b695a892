import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configVersion } from '../config/schema.ts'
import { ownFolder, someDescription } from '../testing/runs.ts'
import { stateAt } from '../testing/states.ts'
import { saveCheckpoint } from './checkpoint.node.ts'
import { fingerprintOf } from './fingerprint.node.ts'
import { createRun, openRun } from './folder.node.ts'
import { listRuns } from './list.node.ts'

const code = (suffix: string, more: object = {}): unknown =>
  expect.objectContaining({ code: `run/${suffix}`, ...more })

describe('createRun and openRun', () => {
  test('what was told comes back, from a path of spaces, quotes and emoji whose parents are made', async () => {
    const folder = join(await ownFolder(), `deep er/it's "new" 🌀/run`)
    const description = someDescription()
    const made = await createRun(folder, description)
    expect(made).toMatchObject({ ...description, folder, name: 'moons' })
    expect(Date.now() - Date.parse(made.created)).toBeLessThan(60_000)
    expect(await openRun(folder)).toEqual(made)
    expect((await readdir(folder)).sort()).toEqual(['data.json', 'run.json'])
    expect(await readdir(join(folder, '..'))).toEqual(['run'])
  })

  test('an empty folder is taken', async () => {
    const folder = await ownFolder()
    await createRun(folder, someDescription())
    expect((await openRun(folder)).name).toBe('moons')
  })

  test('a run that is there is refused and stays as it is', async () => {
    const folder = join(await ownFolder(), 'run')
    const first = await createRun(folder, someDescription())
    await expect(createRun(folder, someDescription({ seed: 9 }))).rejects.toEqual(
      code('exists', { kind: 'usage', hint: expect.stringContaining('--resume') }),
    )
    expect(await openRun(folder)).toEqual(first)
  })

  test('of several at once, one wins', async () => {
    const parent = await ownFolder()
    const all = await Promise.allSettled(
      [1, 2, 3, 4].map((seed) => createRun(join(parent, 'run'), someDescription({ seed }))),
    )
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBe(1)
    for (const result of all) if (result.status === 'rejected') expect(result.reason).toEqual(code('exists'))
    expect(await readdir(parent)).toEqual(['run'])
  })

  test('a folder with other files is refused', async () => {
    const folder = await ownFolder()
    await writeFile(join(folder, 'thesis.docx'), '')
    await expect(createRun(folder, someDescription())).rejects.toEqual(
      code('not-empty', { kind: 'usage', message: expect.stringContaining('thesis.docx') }),
    )
    expect(await readdir(folder)).toEqual(['thesis.docx'])
  })

  test('where no folder can be made', async () => {
    const parent = await ownFolder()
    await expect(openRun(join(parent, 'w0'))).rejects.toEqual(
      code('no-such-folder', { hint: 'scorefield runs lists the runs there are.' }),
    )
    await writeFile(join(parent, 'file'), '')
    for (const folder of [join(parent, 'file'), join(parent, 'file/run'), join(parent, 'n'.repeat(300))])
      await expect(createRun(folder, someDescription())).rejects.toEqual(
        code('not-a-folder', { kind: 'usage' }),
      )
    expect(await readdir(parent)).toEqual(['file'])
  })

  test('a full disk leaves nothing', async () => {
    const parent = await ownFolder()
    const write = async () => {
      throw Object.assign(new Error('told by the test'), { code: 'ENOSPC' })
    }
    await expect(createRun(join(parent, 'run'), someDescription(), { write })).rejects.toEqual(
      code('disk-full'),
    )
    expect(await readdir(parent)).toEqual([])
  })

  test('a configuration that is none is not written', async () => {
    const parent = await ownFolder()
    const { config, ...rest } = someDescription()
    await expect(
      createRun(join(parent, 'run'), { ...rest, config: { ...config, seed: -1 } }),
    ).rejects.toEqual(expect.objectContaining({ code: 'config/invalid' }))
    expect(await readdir(parent)).toEqual([])
  })
})

describe('openRun says what is wrong', () => {
  test('no such folder, with the one probably meant', async () => {
    const parent = await ownFolder()
    await mkdir(join(parent, 'wine'))
    await expect(openRun(join(parent, 'whine'))).rejects.toEqual(
      code('no-such-folder', { kind: 'usage', hint: `Did you mean ${join(parent, 'wine')}?` }),
    )
    await writeFile(join(parent, 'file'), '')
    await expect(openRun(join(parent, 'file'))).rejects.toEqual(
      code('no-such-folder', { message: expect.stringContaining('is a file') }),
    )
  })

  test.each(['run.json', 'data.json'])('without %s', async (missing) => {
    const { folder } = await createRun(join(await ownFolder(), 'run'), someDescription())
    await rm(join(folder, missing))
    await expect(openRun(folder)).rejects.toEqual(
      code('not-a-run', { kind: 'usage', message: expect.stringContaining(missing) }),
    )
  })

  const edit = (change: (manifest: Record<string, unknown>) => unknown) => async (folder: string) => {
    const path = join(folder, 'run.json')
    await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))))
  }
  test.each<[string, (folder: string) => Promise<void>, object]>([
    [
      'run.json cut short',
      (f) => writeFile(join(f, 'run.json'), '{"a": '),
      { code: 'run/unreadable', kind: 'data' },
    ],
    [
      'data.json with a comma too many',
      (f) => writeFile(join(f, 'data.json'), '[1,]'),
      { code: 'run/unreadable' },
    ],
    ['run.json of something else', (f) => writeFile(join(f, 'run.json'), '[]'), { code: 'run/unreadable' }],
    ['no version', edit(({ formatVersion: _, ...rest }) => rest), { code: 'run/unreadable' }],
    [
      'a newer folder',
      edit((m) => ({ ...m, formatVersion: 2 })),
      { code: 'run/newer-version', kind: 'usage' },
    ],
    ['no configuration', edit(({ config: _, ...rest }) => rest), { code: 'config/invalid' }],
    [
      'a newer configuration',
      edit((m) => ({ ...m, config: { version: configVersion + 1 } })),
      { code: 'config/newer-version', kind: 'usage' },
    ],
    [
      'a configuration edited wrongly',
      edit((m) => ({ ...m, config: { ...(m['config'] as object), seed: 'x' } })),
      { code: 'config/invalid', message: expect.stringContaining('seed is "x"') },
    ],
  ])('%s', async (_, damage, error) => {
    const { folder } = await createRun(join(await ownFolder(), 'run'), someDescription())
    await damage(folder)
    await expect(openRun(folder)).rejects.toEqual(expect.objectContaining(error))
    await expect(openRun(folder)).rejects.toHaveProperty('where', expect.stringContaining(folder))
  })
})

describe('listRuns', () => {
  test('the newest first, with how far each is; what is no run is left out, what is broken says so', async () => {
    const parent = await ownFolder()
    expect(await listRuns(join(parent, 'none yet'))).toEqual([])
    const first = await createRun(join(parent, 'first'), someDescription({ name: 'one' }))
    await new Promise((resolve) => setTimeout(resolve, 5))
    const second = await createRun(join(parent, 'second'), someDescription({ data: { sql: 'select 1' } }))
    await saveCheckpoint(first, stateAt(10))
    await saveCheckpoint(first, stateAt(20))
    await mkdir(join(parent, 'other'))
    await writeFile(join(parent, 'note.txt'), '')
    await mkdir(join(parent, 'broken'))
    await writeFile(join(parent, 'broken/run.json'), '{')
    const runs = await listRuns(parent)
    expect(runs).toEqual([
      {
        folder: second.folder,
        name: 'moons',
        created: second.created,
        data: 'select 1',
        step: 0,
        steps: 1500,
        bestLoss: null,
        bestStep: 0,
        classifier: null,
        classifierInterval: null,
        marks: null,
      },
      {
        folder: first.folder,
        name: 'one',
        created: first.created,
        data: 'toy:two-moons',
        step: 20,
        steps: 1500,
        bestLoss: 1 / 23,
        bestStep: 19,
        classifier: null,
        classifierInterval: null,
        marks: null,
      },
      expect.objectContaining({
        name: 'broken',
        problem: expect.stringContaining('run.json cannot be read'),
      }),
    ])
  })
})

describe('fingerprintOf', () => {
  // FIPS 180-2's example for SHA-256.
  const abc = { sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', bytes: 3 }

  test('is SHA-256, of bytes and of a file alike', async () => {
    const path = join(await ownFolder(), 'a b.csv')
    await writeFile(path, 'abc')
    expect(await fingerprintOf(new TextEncoder().encode('abc'))).toEqual(abc)
    expect(await fingerprintOf(path)).toEqual(abc)
    expect(await fingerprintOf([path])).toEqual(abc)
  })

  test('of several files: contents, borders and order count, names do not', async () => {
    const folder = await ownFolder()
    const write = async (name: string, content: string): Promise<string> => {
      await writeFile(join(folder, name), content)
      return join(folder, name)
    }
    const [a, b, ab, empty] = [
      await write('1', 'a'),
      await write('2', 'b'),
      await write('3', 'ab'),
      await write('4', ''),
    ]
    const all = await Promise.all(
      [
        [a, b],
        [b, a],
        [ab, empty],
        [empty, ab],
        [a, b, empty],
      ].map(fingerprintOf),
    )
    expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(5)
    expect(all.every(({ bytes }) => bytes === 2)).toBe(true)
    expect(await fingerprintOf([a, await write('5', 'b')])).toEqual(all[0])
  })

  test('a file that is missing, and one that is a folder', async () => {
    const folder = await ownFolder()
    const error = (suffix: string): unknown =>
      expect.objectContaining({ kind: 'data', code: `data/${suffix}` })
    await expect(fingerprintOf(join(folder, 'x'))).rejects.toEqual(error('no-such-file'))
    await expect(fingerprintOf(folder)).rejects.toEqual(error('unreadable'))
  })
})
