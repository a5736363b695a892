import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { columnWords, readTable, type Table } from '../data/node.ts'
import { realTables } from '../data/table/fixtures.test-helper.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Tables of people; pictures and sounds kept as tables are for other tests. */
const tables = realTables.filter(({ path }) => !path.endsWith('.gz'))

/** What each column may hold: by its name the words that it has, or its range, decimals and type. */
function expectSameKind(synthetic: Table, real: Table, learned: ReadonlySet<string>): void {
  expect(synthetic.columns.map(({ name }) => name)).toEqual(real.columns.map(({ name }) => name))
  for (const [k, column] of real.columns.entries()) {
    const drawn = synthetic.columns[k]!
    const isEmpty = columnWords(drawn).every((word) => word === null)
    if (!learned.has(column.name)) {
      expect(isEmpty, column.name).toBe(true)
      continue
    }
    if (column.kind === 'text') {
      const known = new Set(columnWords(column))
      expect(columnWords(drawn).filter((word) => !known.has(word))).toEqual([])
      continue
    }
    // A column of nothing but gaps has no type of its own in a text file.
    if (isEmpty || drawn.kind !== 'number') {
      expect({ name: column.name, isEmpty }).toEqual({ name: column.name, isEmpty: true })
      continue
    }
    const values = column.values.filter((value) => !Number.isNaN(value))
    const [low, high] = [Math.min(...few(values)), Math.max(...few(values))]
    for (const value of drawn.values)
      if (!Number.isNaN(value)) {
        expect(value, column.name).toBeGreaterThanOrEqual(low)
        expect(value, column.name).toBeLessThanOrEqual(high)
      }
    if (!column.values.some(Number.isNaN)) expect(drawn.values.some(Number.isNaN), column.name).toBe(false)
    if (column.calendar) expect(drawn.calendar, column.name).toEqual(column.calendar)
    // Beyond that, digits are those of floating-point numbers that were never rounded.
    else if (column.decimals <= 12) expect(drawn.decimals, column.name).toBeLessThanOrEqual(column.decimals)
  }
}

/** The least and the most of many values, so that they can be given as arguments. */
const few = (values: Float64Array): [number, number] => [
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
]

describe('the whole chain on every table, no option but a tiny model', () => {
  for (const { name, path, absent } of tables)
    it.skipIf(absent !== undefined)(
      `${name}${absent ? ` (${absent})` : ''}`,
      async () => {
        const run = join(folder, name.replaceAll('/', '-'))
        await succeeded('inspect', path)
        await succeeded('train', path, '--steps', '20', '--out', run, '--quiet', ...tinyModel)
        const done = await succeeded('sample', run, '-n', '400', '-o', `${run}.csv`, '--json')
        expect(done.events().at(-1)).toMatchObject({ type: 'done' })
        const [{ table: real }, { table: synthetic }] = [
          await readTable({ source: path }),
          await readTable({ source: `${run}.csv` }),
        ]
        const { events } = await succeeded('inspect', path, '--json')
        const { columns } = events().at(-1) as { columns: { name: string; role: string }[] }
        const learned = new Set(
          columns
            .filter(({ role }) => !['identifier', 'text', 'empty'].includes(role))
            .map((column) => column.name),
        )
        expectSameKind(synthetic, real, learned)
        const scored = await scorefield('score', run, `${run}.csv`, '-o', `${run}-scores.csv`)
        expect(scored.code, scored.err).toBe(0)
      },
      120_000,
    )
})
