import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RandomStream } from '../src/base/index.ts'
import { type RowObject, readTable, type Table } from '../src/data/node.ts'
import { fitTable } from '../src/run/node.ts'
import { sharedData } from './command-line.ts'
import type { Bench, BenchResult } from './harness.ts'
import { isWithin, partWithin } from './within.ts'

/** Columns of Adult by their place: numbers of which two are mostly 0, and words that tell of them. */
const taken: Readonly<Record<string, number>> = {
  ...{ age: 0, education_num: 4, marital: 5, sex: 9 },
  ...{ capital_gain: 10, capital_loss: 11, hours: 12, income: 14 },
}
const numbers = ['age', 'education_num', 'capital_gain', 'capital_loss', 'hours']
const [heldOut, learned, hidden, draws, hidings] = [300, 12_000, 0.2, 20, 3]

/** How many cells intervals hold, column by column, for several ways of hiding cells of the same rows. */
export const imputeIntervalsBench: Bench = {
  name: 'impute-intervals',
  summary:
    'how many hidden cells the intervals of impute hold, by column of a part of Adult: ends within, and ties shared out',
  async *run() {
    const path = join(sharedData, 'adult/adult.data')
    if (!existsSync(path)) {
      process.stderr.write(`  ${path} is not at hand; SCOREFIELD_DATA names the folder that holds it\n`)
      return
    }
    const { table } = await readTable({ source: path })
    const order = new RandomStream({ seed: 1, name: 'held out' }).permutation({
      index: 0,
      size: table.rowCount,
    })
    const rowsAt = (places: ArrayLike<number>): RowObject[] => Array.from(places, (row) => rowOf(table, row))
    const model = await fitTable(rowsAt(order.subarray(heldOut, heldOut + learned)), {
      ...{ conditions: 'all', steps: 900, seed: 1, size: { width: 96, blocks: 2 } },
    })
    const truth = rowsAt(order.subarray(0, heldOut))
    const sums = new Map(numbers.map((name) => [name, { count: 0, within: 0, shared: 0 }]))
    const means: { within: number; shared: number }[] = []
    for (let seed = 1; seed <= hidings; seed++) {
      const u = new RandomStream({ seed, name: 'hidden' }).uniform({ first: 0, count: heldOut, width: 64 })
      const names = Object.keys(taken)
      const isHidden = (row: number, name: string): boolean => u[row * 64 + names.indexOf(name)]! < hidden
      const gappy = truth.map((row, i) =>
        Object.fromEntries(names.map((name) => [name, isHidden(i, name) ? null : row[name]!])),
      )
      const made = await model.impute(gappy, { draws, multiple: true, seed })
      const own = numbers.map((name) => {
        const cells = truth.flatMap((row, i) => {
          if (!isHidden(i, name)) return []
          const drawn = Array.from({ length: draws }, (_, k) => made[k * heldOut + i]![name] as number)
          const value = row[name] as number
          return [{ within: isWithin(drawn, value), shared: partWithin(drawn, value) }]
        })
        const all = sums.get(name)!
        for (const { within, shared } of cells) {
          all.count++
          all.within += within
          all.shared += shared
        }
        return {
          within: cells.reduce((sum, { within }) => sum + within, 0) / cells.length,
          shared: cells.reduce((sum, { shared }) => sum + shared, 0) / cells.length,
        }
      })
      means.push({
        within: own.reduce((sum, { within }) => sum + within, 0) / own.length,
        shared: own.reduce((sum, { shared }) => sum + shared, 0) / own.length,
      })
    }
    await model.dispose()
    for (const [name, { count, within, shared }] of sums)
      yield result(
        name,
        within / count,
        `${(100 * (shared / count)).toFixed(1)} % with ties shared out; ${count} cells`,
      )
    const each = means.map(({ within, shared }) => `${percent(within)} (${percent(shared)})`)
    yield result(
      'mean of columns',
      means.reduce((sum, { within }) => sum + within, 0) / hidings,
      `with ties shared out ${percent(means.reduce((sum, { shared }) => sum + shared, 0) / hidings)} %; one hiding each: ${each.join(', ')}`,
    )
  },
}

function rowOf(table: Table, row: number): RowObject {
  return Object.fromEntries(
    Object.entries(taken).map(([name, place]) => [name, table.columns[place]!.values[row] ?? null]),
  )
}

const percent = (share: number): string => (100 * share).toFixed(1)

function result(name: string, share: number, note: string): BenchResult {
  const given = { unit: '% within the interval of 90 %', peers: {}, ratio: null, target: null, met: null }
  return { name: `impute-intervals: ${name}`, ours: 100 * share, ...given, note }
}
