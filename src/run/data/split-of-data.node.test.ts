import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import {
  openStoreIfLarge,
  readTable,
  roomFor,
  rowKeys,
  type Table,
  takeRows,
  writeTable,
} from '../../data/node.ts'
import { planRun } from '../experiment/plan.node.ts'
import type { RunPlan } from '../experiment/plan.ts'
import type { DataDescription, SplitTable } from './kind.ts'
import { blocksOfStore, prepareStore, splitOfStore } from './large-table.node.ts'
import { splitAgain } from './split-of-data.ts'
import { tableData } from './table.node.ts'
import type { TableDescription } from './table-description.ts'

const folder = mkdtempSync(join(tmpdir(), 'split of scorefield '))
afterAll(() => rmSync(folder, { recursive: true }))

const count = 600
const z = new RandomStream({ seed: 1, name: 'cells' }).normal({ first: 0, count, width: 2 })
/** Rows of which a third repeat another, but for the number that counts them. */
const lines = Array.from({ length: count }, (_, row) => {
  const like = row % 3 === 2 ? row - 1 : row
  return [
    row + 1,
    (20 + 5 * z[2 * like]!).toFixed(2),
    Math.round(9 * z[2 * like + 1]!),
    `shop ${like % 4}`,
  ].join(',')
})
const header = 'id,price,count,shop'
const write = (name: string, rows: readonly string[], head = header): string => {
  const path = join(folder, name)
  writeFileSync(path, `${[head, ...rows].join('\n')}\n`)
  return path
}
const source = write('plain.csv', lines)
const byPrice = [...lines].sort((a, b) => Number(a.split(',')[1]) - Number(b.split(',')[1]))
const sorted = write('sorted.csv', byPrice)

const descriptionOf = (plan: { prepared: { description: DataDescription } }): TableDescription =>
  plan.prepared.description as TableDescription
const requireSameData = (before: DataDescription, now: DataDescription): void =>
  tableData.open(before).requireSame(now)
const readSplit = async (before: DataDescription, asked: { source: string }): Promise<SplitTable> => {
  const { dispose, learned: _, ...split } = await tableData.open(before).split(asked, 0)
  await dispose()
  return split
}
/** The keys of rows by what the model learns, in the order of the alphabet. */
const keysOf = (table: Table, rows: Int32Array): string[] => {
  const columns = table.columns.filter(({ name }) => name !== 'id')
  return rowKeys(takeRows({ ...table, columns }, rows)).sort()
}
const parts = ['training', 'validation', 'test'] as const
const keysByPart = (split: SplitTable): string[][] => parts.map((part) => keysOf(split.table, split[part]))

let plan: RunPlan
beforeAll(async () => {
  plan = await planRun({ data: { source } })
})

describe('some columns of a table', () => {
  const again = (asked: { source: string } | { sql: string }, names: readonly string[]): Promise<Table> =>
    tableData.open(descriptionOf(plan)).columnsAgain!(asked, names)

  test('are read alone as they are in the whole table, whatever holds it', async () => {
    const { table } = await readTable({ source })
    const wanted = table.columns.filter(({ name }) => name === 'price' || name === 'shop')
    const parquet = join(folder, 'plain.parquet')
    await writeTable(table, { path: parquet })
    for (const asked of [{ source }, { source: parquet }, { sql: `select * from '${source}'` }]) {
      const part = await again(asked, ['shop', 'price'])
      expect(part.columns.map(({ name, values }) => ({ name, values }))).toEqual(
        wanted.map(({ name, values }) => ({ name, values })),
      )
    }
  })

  test('are refused where their own values changed, and not where others did', async () => {
    const other = write('dearer.csv', [lines[0]!.replace(/,[^,]+/, ',99.99'), ...lines.slice(1)])
    await expect(again({ source: other }, ['price', 'shop'])).rejects.toMatchObject({
      code: 'data/changed',
      message: expect.stringMatching(/'price' has other values/),
    })
    expect((await again({ source: other }, ['shop', 'count'])).rowCount).toBe(count)
    const fewer = write('fewer.csv', lines.slice(1))
    await expect(again({ source: fewer }, ['shop'])).rejects.toThrow(/599 rows, and had 600/)
  })
})

describe('a table', () => {
  test('is split in three by what the model learns of a row, and says so', async () => {
    const split = await readSplit(descriptionOf(plan), { source })
    const [training, validation, test] = keysByPart(split).map((keys) => new Set(keys))
    // 600 rows: 45 to choose by, 60 to report by; of twins the last may find no room.
    expect(Math.abs(split.validation.length - 45)).toBeLessThan(2)
    expect(Math.abs(split.test.length - 60)).toBeLessThan(2)
    for (const key of [...validation!, ...test!]) expect(training!.has(key)).toBe(false)
    for (const key of test!) expect(validation!.has(key)).toBe(false)
    const { trainingRows, validationRows, testRows } = descriptionOf(plan)
    expect([trainingRows, validationRows, testRows]).toEqual(parts.map((part) => split[part].length))
    expect(plan.config.data.split).toEqual({ validation: 0.075, test: 0.1, weightsBy: 'validation' })
    expect(plan.prepared.heldOut!.rows.length).toBe(validationRows * plan.prepared.source.example.event[0]!)
  })

  test('sorted is the same to the bit: encoding, examples, held-out rows', async () => {
    const again = await planRun({ data: { source: sorted } })
    expect(() => requireSameData(descriptionOf(plan), descriptionOf(again))).not.toThrow()
    expect(again.prepared.heldOut).toEqual(plan.prepared.heldOut)
    const examples = ({ prepared }: RunPlan): Float32Array => {
      const room = roomFor(prepared.source.example, 700)
      prepared.source.fill({ first: 0, count: 700 }, room)
      return room.points
    }
    expect(examples(again)).toEqual(examples(plan))
    expect(keysByPart(await readSplit(descriptionOf(plan), { source: sorted }))).toEqual(
      keysByPart(await readSplit(descriptionOf(plan), { source })),
    )
  })

  test('on disk is split as it is in memory', async () => {
    const { store } = (await openStoreIfLarge({ source: sorted, mostCells: 100 }))!
    const prepared = await prepareStore(store, [], { seed: 0 })
    expect(descriptionOf({ prepared }).split).toEqual(descriptionOf(plan).split)
    expect(descriptionOf({ prepared }).contents).toEqual(descriptionOf(plan).contents)
    expect(prepared.heldOut).toEqual(plan.prepared.heldOut)
    const names = descriptionOf(plan).split.columns
    const again = splitAgain(descriptionOf(plan), await store.hashes(names), { names, source: 'a store' })
    const inMemory = await readSplit(descriptionOf(plan), { source })
    expect(keysByPart(await splitOfStore(store, again))).toEqual(keysByPart(inMemory))
    // Block by block, those learned from are all there, but for rows that `keep` leaves out.
    const blocks = blocksOfStore(store, again.train, (_, rows) => rows.filter((row) => row !== 0))
    const passed: string[] = []
    for await (const block of blocks.read())
      passed.push(
        ...keysOf(
          block,
          Int32Array.from({ length: block.rowCount }, (_, row) => row),
        ),
      )
    const first = keysOf(await store.rows(Int32Array.of(0)), Int32Array.of(0))
    const expected = keysOf(inMemory.table, inMemory.training)
    if (again.train.includes(0)) expected.splice(expected.indexOf(first[0]!), 1)
    expect(passed.sort()).toEqual(expected)
    await prepared.dispose!()
  })
})

describe('rows that changed', () => {
  const changedCell = lines.with(17, lines[17]!.replace(/shop \d/, 'shop 9'))

  test.each([
    ['a cell', changedCell, header, /'shop' has other values; about 1 row is changed/],
    ['a row less', lines.slice(1), header, /it has 599 rows, and had 600/],
    [
      'a column less',
      lines.map((line) => line.replace(/,shop \d$/, '')),
      'id,price,count',
      /it lacks 'shop'/,
    ],
  ])('%s: is told', async (_, rows, head, message) => {
    const changed = write('changed.csv', rows, head)
    await expect(readSplit(descriptionOf(plan), { source: changed })).rejects.toThrow(
      expect.objectContaining({ code: 'data/changed', message: expect.stringMatching(message) }),
    )
  })

  test('a run goes on with its own rows only', async () => {
    const changed = await planRun({ data: { source: write('changed.csv', changedCell) } })
    expect(() => requireSameData(descriptionOf(plan), descriptionOf(changed))).toThrow(
      /'shop' has other values/,
    )
    const edited = { ...descriptionOf(plan), encoding: {} }
    expect(() => requireSameData(edited, descriptionOf(plan))).toThrow(/encoded or split in another way/)
  })

  test('what the model does not learn may change', async () => {
    const renumbered = write(
      'renumbered.csv',
      lines.map((line, row) => line.replace(/^\d+/, String(row + 5001))),
    )
    expect(keysByPart(await readSplit(descriptionOf(plan), { source: renumbered }))).toEqual(
      keysByPart(await readSplit(descriptionOf(plan), { source })),
    )
  })

  test('a run of a release that split by row numbers says so', async () => {
    const { contents: _, split, ...older } = descriptionOf(plan)
    const description = {
      ...older,
      split: { seed: split.seed, rowCount: count },
    } as unknown as TableDescription
    await expect(readSplit(description, { source })).rejects.toThrow(
      expect.objectContaining({ code: 'run/older-split' }),
    )
  })
})

describe('small tables, and what a person says', () => {
  const few = write('few.csv', lines.slice(0, 120))

  test('of a small one the test rows choose the weights, and a note says so', async () => {
    const { prepared, config } = await planRun({ data: { source: few } })
    expect(config.data.split).toEqual({ validation: 0, test: 0.3, weightsBy: 'test' })
    expect(prepared.notes).toContainEqual(expect.stringMatching(/^The 36 test rows choose the weights, too/))
    expect(prepared.heldOut!.rows.length).toBe(36 * prepared.source.example.event[0]!)
    expect(config.training.patienceEvaluations).toBe(6)
  })

  test('with nothing to choose by there is no early stopping, and the note is gone', async () => {
    const { prepared, config } = await planRun({ data: { source: few, split: { weightsBy: 'none' } } })
    expect(prepared.heldOut).toBeUndefined()
    expect(config.training.patienceEvaluations).toBe(0)
    expect(prepared.notes.join()).not.toContain('choose the weights')
  })

  test('shares are as told', async () => {
    const split = { validation: 0.2, test: 0.25 }
    const { prepared } = await planRun({ data: { source: few, split } })
    const { trainingRows, validationRows, testRows } = descriptionOf({ prepared })
    expect([trainingRows, validationRows, testRows]).toEqual([66, 24, 30])
  })

  test('a table whose rows differ in nothing but their number has nothing to learn', async () => {
    const same = write(
      'same.csv',
      Array.from({ length: 50 }, (_, row) => `${row},5,x`),
      'id,a,b',
    )
    await expect(tableData.prepare({ source: same, seed: 0 })).rejects.toThrow(
      expect.objectContaining({ code: 'data/nothing-to-model' }),
    )
  })
})
