import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { strToU8, unzipSync, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { toyByName } from '../../density/index.ts'
import { families } from '../../family/index.ts'
import { residualMlp } from '../../nn/index.ts'
import { executeRun } from '../experiment/execute.node.ts'
import { openModel, rowsToTable } from '../experiment/open-model.node.ts'
import { planRun } from '../experiment/plan.node.ts'
import { createRun } from '../folder/folder.node.ts'
import { ownFolder } from '../testing/runs.ts'
import { fit } from './fit.ts'
import { fitTable } from './fit-table.ts'
import { load } from './load.ts'
import type { RowModel } from './row-model.ts'
import { TableModel } from './table-model.ts'

const quick = { steps: 40, batchSize: 32, size: { width: 16, blocks: 1 }, seed: 1 } as const
const rows = Array.from({ length: 90 }, (_, i) => ({
  size: Math.round(100 * Math.sin(i)) / 10,
  kind: i % 3 === 0 ? 'red' : 'green',
  member: i % 5 === 0,
}))
const numbers = rows.map(({ size }, i) => [size, 3 + Math.cos(i)])

describe('a saved model is opened as it was', () => {
  test('rows: from a folder and from a Blob, samples, log-densities and the way to go on are the same', async () => {
    const kind = rows.map((row) => row.kind)
    const model = await fit(numbers, { ...quick, conditions: { kind } })
    const folder = join(await ownFolder(), 'model')
    await model.save(folder)
    const opened = await Promise.all([load(folder), load(await model.save())])
    const draw = { count: 10, seed: 2, conditions: { kind: 'red' } }
    const wanted = await model.sample(draw)
    for (const again of opened as RowModel[]) {
      expect(await again.sample(draw)).toEqual(wanted)
      expect(again.columns).toEqual(model.columns)
      expect(again.state).toEqual(model.state)
      expect(again.config).toEqual(model.config)
      const on = await fit(numbers, { resume: again, steps: 50, conditions: { kind } })
      expect(on.step).toBe(50)
    }
    // The folder is taken.
    await expect(model.save(folder)).rejects.toMatchObject({ code: 'run/exists' })
  })

  test('tables: objects with the same cells', async () => {
    const model = await fitTable(rows, quick)
    const again = await load(await model.save())
    expect(again).toBeInstanceOf(TableModel)
    expect(await again.sample({ count: 20, seed: 5 })).toEqual(await model.sample({ count: 20, seed: 5 }))
  })

  test('records of a program’s own must be given again', async () => {
    const network = { ...residualMlp, name: 'mine' }
    const family = { ...families[0]!, name: 'my-denoiser' }
    const model = await fit(numbers, { ...quick, network, family })
    const blob = await model.save()
    await expect(load(blob)).rejects.toMatchObject({ code: 'model/own-record' })
    await expect(load(blob, { family })).rejects.toMatchObject({ code: 'model/own-record' })
    const again = (await load(blob, { family, network })) as RowModel
    expect(await again.sample({ count: 3 })).toEqual(await model.sample({ count: 3 }))
  })
})

describe('one format with the command line', () => {
  test('a saved model is a run that the command line’s own functions open', async () => {
    const folder = join(await ownFolder(), 'model')
    for (const [i, model] of [await fit(numbers, quick), await fitTable(rows, quick)].entries()) {
      await model.save(`${folder}-${i}`)
      const opened = await openModel(`${folder}-${i}`)
      expect(opened.columns).toEqual(model.columns)
      expect(opened.warnings).toEqual([])
      const points = await opened.fitted.sample({ count: 6, seed: 3 })
      expect(points).toEqual(await model.fitted.sample({ count: 6, seed: 3 }))
      const table = rowsToTable(opened, points, 6, { first: 0, seed: 3 })
      expect(table.columns.map(({ name }) => name)).toEqual(model.columns)
    }
  })

  test('a run of the command line is a model of the library: of a table, and of a toy', async () => {
    const csv = join(await ownFolder(), 'rows.csv')
    await writeFile(csv, `size,kind\n${rows.map(({ size, kind }) => `${size},${kind}`).join('\n')}\n`)
    for (const source of [csv, 'toy:two-moons']) {
      const given = {
        data: { source },
        model: { size: quick.size },
        training: { steps: 20, batchSize: 32 },
      }
      const plan = await planRun(given)
      const { config, prepared } = plan
      const folder = join(await ownFolder(), 'run')
      const description = { config, data: prepared.description, versions: {}, commandLine: [] }
      const run = await createRun(folder, description)
      for await (const _ of executeRun({ run, plan }));
      const model = await load(folder)
      const opened = await openModel(folder)
      expect(await model.fitted.sample({ count: 4 })).toEqual(await opened.fitted.sample({ count: 4 }))
      expect(model instanceof TableModel).toBe(source === csv)
      if (model instanceof TableModel)
        expect(Object.keys((await model.sample({ count: 1 }))[0]!)).toEqual(['size', 'kind'])
      else expect(await model.sample({ count: 4 })).toEqual(await opened.fitted.sample({ count: 4 }))
    }
  }, 60_000)
})

describe('what is no model says so', () => {
  test.each<{ what: string; source: () => unknown; code: string }>([
    { what: 'other bytes', source: () => new Blob(['hello']), code: 'model/unreadable' },
    { what: 'another zip', source: () => zipSync({ 'a.txt': strToU8('x') }), code: 'run/not-a-run' },
    { what: 'nothing', source: () => undefined, code: 'model/place' },
    { what: 'a folder that there is not', source: () => '/nowhere/at all', code: 'run/no-such-folder' },
    { what: 'a store that there is not', source: () => ({ indexedDB: 'mine' }), code: 'model/no-indexeddb' },
  ])('$what', async ({ source, code }) => {
    await expect(load(source() as Blob)).rejects.toMatchObject({ code })
  })

  test('a file that was damaged is told by its name', async () => {
    const model = await fit(toyByName('two-moons'), quick)
    const files = unzipSync(new Uint8Array(await (await model.save()).arrayBuffer()))
    const ema = Object.keys(files).find((path) => path.endsWith('ema.safetensors'))!
    for (const [change, code] of [
      [{ [ema]: files[ema]!.with(-1, files[ema]!.at(-1)! ^ 1) }, 'run/checkpoint-corrupt'],
      [{ 'run.json': strToU8('{') }, 'run/unreadable'],
      [{ 'data.json': strToU8('{"kind":"smells"}') }, 'run/unreadable'],
    ] as const)
      await expect(load(zipSync({ ...files, ...change }))).rejects.toMatchObject({ code })
  })

  test('a folder that cannot be made loses nothing', async () => {
    const model = await fit(toyByName('two-moons'), quick)
    const parent = await ownFolder()
    await mkdir(join(parent, 'full'))
    await writeFile(join(parent, 'full', 'mine.txt'), 'x')
    await expect(model.save(join(parent, 'full'))).rejects.toMatchObject({ code: 'run/not-empty' })
    await expect(model.save(join(parent, 'full', 'mine.txt', 'below'))).rejects.toMatchObject({
      code: 'run/not-a-folder',
    })
    expect(await readdir(parent)).toEqual(['full'])
    expect(await model.sample({ count: 2 })).toHaveLength(4)
  })
})
