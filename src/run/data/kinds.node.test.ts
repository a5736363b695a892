import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pictureSums, takeRows } from '../../data/index.ts'
import { executeRun } from '../experiment/execute.node.ts'
import { judgedRows } from '../experiment/judged-rows.node.ts'
import { openModel, openSplit, rowsToTable } from '../experiment/open-model.node.ts'
import { planRun } from '../experiment/plan.node.ts'
import { scoreRows } from '../experiment/score-rows.node.ts'
import { createRun } from '../folder/folder.node.ts'
import { ownFolder } from '../testing/runs.ts'
import type { DataAsked } from './kind.ts'
import { dataKinds, dataOf, kindOf } from './kinds.node.ts'

/** Data of each kind, small ones. */
const examples: Readonly<Record<string, string>> = {
  toy: 'toy:two-moons',
  pictures: 'some-images-idx3-ubyte',
  table: 'rows.csv',
}

async function exampleOf(kind: string, folder: string): Promise<DataAsked> {
  const source = examples[kind]!
  if (source.includes(':')) return { source }
  const path = join(folder, source)
  if (source.includes('-idx')) {
    const pixels = Array.from({ length: 300 * 6 }, (_, i) => 128 + 100 * Math.sin(i * 2.399963))
    await writeFile(path, Uint8Array.of(0, 0, 8, 3, 0, 0, 1, 44, 0, 0, 0, 2, 0, 0, 0, 3, ...pixels))
    return { source: path }
  }
  const lines = Array.from({ length: 300 }, (_, row) => {
    const angle = row * 2.399963
    return [
      (Math.cos(angle) * (1 + row / 300)).toFixed(3),
      (row * 7919) % 97,
      ['red', 'green'][row % 2],
    ].join(',')
  })
  await writeFile(path, `${['x,count,colour', ...lines].join('\n')}\n`)
  return { source: path }
}

describe.each(dataKinds.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
  it('goes the whole way: recognised, read, encoded, trained on, drawn, judged, scored, read again', async () => {
    const folder = await ownFolder()
    const asked = await exampleOf(name, folder)
    expect(kindOf(asked)).toBe(kind)
    const plan = await planRun({
      data: asked as { source: string },
      model: { network: 'residual-mlp', size: { width: 8, blocks: 1, embedding: 4 } },
      training: { steps: 4, batchSize: 16, stepsPerCall: 2 },
      sampling: { steps: 4 },
    })
    const { config, prepared } = plan
    expect(config.data.kind).toBe(name)
    const told = { config, data: prepared.description, versions: {}, commandLine: [] }
    const run = await createRun(join(folder, 'run'), told)
    for await (const event of executeRun({ run, plan })) if (event.type === 'done') expect(event.step).toBe(4)

    const opened = await openModel(run.folder)
    const { encoding, data, fitted } = opened
    expect(encoding.parts).toEqual(prepared.encoding.parts)
    const { event, conditions } = prepared.source.example
    expect({ event, conditions }).toEqual({ event: encoding.event, conditions: undefined })
    const samples = rowsToTable(opened, await fitted.sample({ count: 20, sampler: 'heun', steps: 4 }), 20)
    expect([...(samples.pictures ?? []), ...samples.columns].map((column) => column.name)).toEqual(
      encoding.columns.map((column) => column.name),
    )

    const split = await openSplit(opened)
    const parts = [split.training, split.validation, split.test].map((rows) => Array.from(rows))
    expect(new Set(parts.flat()).size).toBe(parts.flat().length)
    expect(data.counts !== undefined).toBe(kind.isSplit)
    if (data.counts) {
      const { training, validation, test, all } = data.counts
      expect(parts.map(({ length }) => length)).toEqual([training, validation, test])
      expect(training + validation + test).toBeLessThanOrEqual(all)
    }
    // There and back again: the cells of a row that the model can take.
    const taken = encoding.encodableRows(split.table, split.test)
    const back = encoding.decode(encoding.encode(split.table, { rowIndices: taken }), taken.length)
    const cells = (table: typeof back, rows: Int32Array): unknown[][] =>
      encoding.columns.map((column) => {
        const cells = table.columns.find((candidate) => candidate.name === column.name)?.values
        const sums = (table.pictures ?? []).map(pictureSums)[0]
        return Array.from(rows, (row) => (cells ?? sums)![row])
      })
    expect(
      cells(
        back,
        taken.map((_, i) => i),
      ),
    ).toEqual(cells(split.table, taken))
    await split.dispose()

    const judged = await judgedRows(opened, undefined)
    expect(judged.heldOut.count).toBe(taken.length)
    expect(judged.source).toBe(data.says.test)
    await judged.dispose()
    const { table } = await kind.read(asked)
    const scores = await scoreRows(opened, takeRows(table, Int32Array.of(0, 1, 2, 3, 4)))
    for (const value of scores.logDensity) expect(Number.isFinite(value)).toBe(true)
    for (const value of scores.percentile) expect(value >= 0 && value <= 100).toBe(true)
    expect(data.reportColumns().map((column) => column.name)).toEqual(data.columns)
    await fitted.dispose()
  }, 60_000)

  it('knows its own data again, and no others', async () => {
    const folder = await ownFolder()
    const asked = await exampleOf(name, folder)
    const { description, dispose } = await kind.prepare({ ...asked, seed: 0 })
    const again = await kind.prepare({ ...asked, seed: 0 })
    const onRecord = JSON.parse(JSON.stringify(description)) as typeof description
    expect(() => dataOf(onRecord).requireSame(again.description)).not.toThrow()
    const other = { version: 1, kind: 'other', notes: [] }
    expect(() => dataOf(onRecord).requireSame(other)).toThrow(
      expect.objectContaining({ code: 'data/changed' }),
    )
    await Promise.all([dispose?.(), again.dispose?.()])
  })
})

it('an unknown kind is told with those that there are', () => {
  expect(() => kindOf({ kind: 'tabel', source: 'a.csv' })).toThrow(/"tabel".*Did you mean "table"/)
})
