import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { roomFor } from '../../source.ts'
import { splitRows } from '../../split.ts'
import { TableEncoding } from '../encoding/table-encoding.ts'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { readTable } from '../read.node.ts'
import { rowHashes, tableHashes } from '../row-hash.ts'
import { columnWords, takeRows } from '../table.ts'
import { writeTable } from '../write.node.ts'
import { openStoreIfLarge } from './open-store.node.ts'
import { type BlockedTable, poolBlocks, pooledRows } from './pooled-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'store of scorefield '))
afterAll(() => rmSync(folder, { recursive: true }))

const rowCount = 20_000
const table = tableOf(
  numbers(
    'row',
    Array.from({ length: rowCount }, (_, row) => row + (row === 7 ? 0.5 : 0)),
  ),
  numbers(
    'gappy',
    Array.from({ length: rowCount }, (_, row) => (row % 9 === 8 ? Number.NaN : Math.sin(row))),
  ),
  text(
    'word',
    Array.from({ length: rowCount }, (_, row) => (row === 19_000 ? 'rare' : row % 5 ? `w${row % 4}` : null)),
  ),
)
const path = join(folder, 'table.parquet')
await writeTable(table, { path })

describe('a table on disk', () => {
  test('holds every row as a reading into memory does', async () => {
    const opened = (await openStoreIfLarge({ source: path, mostCells: 1000 }))!
    const { table: inMemory } = await readTable({ source: path })
    const { store } = opened
    expect(store.rowCount).toBe(rowCount)
    const all = await store.blocks([0, 1, 2])
    expect(all.columns.map((column) => columnWords(column))).toEqual(
      inMemory.columns.map((column) => columnWords(column)),
    )
    const some = Int32Array.of(0, 7, 8191, 8192, 19_999)
    expect((await store.rows(some)).columns.map((column) => columnWords(column))).toEqual(
      takeRows(inMemory, some).columns.map((column) => columnWords(column)),
    )
    await store.dispose()
  })

  test('tells the rows that a sample may miss', async () => {
    const { store } = (await openStoreIfLarge({ source: path, mostCells: 1000 }))!
    // Least and largest row, the first gap of each column, the first row of each word.
    for (const row of [0, 19_999, 8, 1, 2, 3, 4, 19_000]) expect([...store.telling]).toContain(row)
    expect(store.telling.length).toBeLessThan(20)
    await store.dispose()
  })

  test('leaves nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('scorefield-'))
    const { store } = (await openStoreIfLarge({ source: path, mostCells: 1000 }))!
    const own = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('scorefield-') && !before.includes(name),
    )
    await store.dispose()
    for (const name of own.slice(0, 1))
      expect(existsSync(join(tmpdir(), name)) && own.length === 1).toBe(false)
  })

  test('a small one is not put there; a query is, when its answer is large', async () => {
    expect(await openStoreIfLarge({ source: path })).toBeUndefined()
    const sql = `select row, word from '${path.replaceAll("'", "''")}' where row < 5000`
    const { store } = (await openStoreIfLarge({ sql, mostCells: 9999 }))!
    expect(store.rowCount).toBe(5000)
    expect(store.columns.map(({ name }) => name)).toEqual(['row', 'word'])
    await store.dispose()
  })
})

test('rows hash on disk as in memory, whatever the blocks', async () => {
  const { store } = (await openStoreIfLarge({ source: path, mostCells: 1000 }))!
  const { table: inMemory } = await readTable({ source: path })
  for (const names of [
    ['row', 'gappy', 'word'],
    ['word', 'gappy'],
  ]) {
    expect(await store.hashes(names)).toEqual(tableHashes(inMemory, names))
  }
  await store.dispose()
})

describe('pooled rows', () => {
  const rows = 1000
  const small = tableOf(
    numbers(
      'v',
      Array.from({ length: rows }, (_, row) => row + (row === 3 ? 0.25 : 0)),
    ),
  )
  const encoding = TableEncoding.fit({ table: small }).encoding
  const blockRows = 7
  /** Blocks of seven rows, so that pools are many and the last is short. */
  const store: BlockedTable = {
    rowCount: rows,
    blockRows,
    blockCount: Math.ceil(rows / blockRows),
    blocks: async (blocks) =>
      takeRows(
        small,
        Int32Array.from(
          blocks.flatMap((block) =>
            Array.from(
              { length: Math.min(blockRows, rows - block * blockRows) },
              (_, i) => block * blockRows + i,
            ),
          ),
        ),
      ),
  }
  const { test: heldOut, train } = splitRows({ hashes: rowHashes(small), seed: 4, validation: 0, test: 0.1 })
  const source = (seed = 1): ReturnType<typeof pooledRows> => pooledRows({ encoding, store, heldOut, seed })
  const examples = async (
    from: ReturnType<typeof pooledRows>,
    first: number,
    count: number,
  ): Promise<number[]> => {
    await from.ready({ first, count })
    const room = roomFor(from.example, count)
    from.fill({ first, count }, room)
    return [...(encoding.decode(room.points, count).columns[0]!.values as Float64Array)]
  }

  test('every training row once an epoch, none held out, in another order each epoch', async () => {
    const from = source()
    expect(from.count).toBe(train.length)
    const epochs = [await examples(from, 0, train.length), await examples(from, train.length, train.length)]
    const expected = takeRows(small, train).columns[0]!.values as Float64Array
    for (const epoch of epochs)
      expect(epoch.map(Math.floor).sort((a, b) => a - b)).toEqual(
        [...expected].map(Math.floor).sort((a, b) => a - b),
      )
    expect(epochs[0]).not.toEqual(epochs[1])
  })

  test('example n is a function of the seed and n only', async () => {
    const whole = await examples(source(), 0, 2000)
    const from = source()
    const parts: number[] = []
    for (let first = 0; first < 2000; first += 125) parts.push(...(await examples(from, first, 125)))
    expect(parts).toEqual(whole)
    expect(await examples(source(), 1234, 50)).toEqual(whole.slice(1234, 1284))
    expect(await examples(source(2), 0, 50)).not.toEqual(whole.slice(0, 50))
  })

  test('a pool mixes rows from all over the table', async () => {
    const first = await examples(source(), 0, poolBlocks * blockRows - 40)
    const mean = first.reduce((sum, value) => sum + value / first.length, 0)
    // 32 of 143 blocks: the standard error of the mean is about 45.
    expect(Math.abs(mean - 500)).toBeLessThan(180)
    expect(new Set(first.map((value) => Math.floor(value / 100))).size).toBeGreaterThan(7)
  })
})
