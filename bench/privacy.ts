import { RandomStream } from '../src/base/random/index.ts'
import { type Column, type Table, takeRows } from '../src/data/index.ts'
import { blocksOf, measurePrivacy, type Privacy } from '../src/evaluation/index.ts'
import type { Bench, BenchResult } from './harness.ts'

/** Rows learned from, synthetic rows, held-out rows. */
const [many, made, unseen] = [1_000_000, 5000, 2000]

/** Eight numbers of three hidden ones, four words. */
function someTable(count: number, seed: number): Table {
  const width = 15
  const z = new RandomStream({ seed, name: 'bench/privacy' }).normal({ first: 0, count, width })
  const at = (row: number, k: number): number => z[row * width + k]!
  const columns = Array.from({ length: 12 }, (_, k): Column => {
    if (k >= 8)
      return {
        kind: 'text',
        name: `word ${k}`,
        type: 'VARCHAR',
        values: Array.from({ length: count }, (_, row) => `w${Math.floor(Math.abs(3 * at(row, k + 3)))}`),
      }
    const values = Float64Array.from({ length: count }, (_, row) => at(row, k % 3) + 0.5 * at(row, 3 + k))
    return { kind: 'number', name: `number ${k}`, type: 'DOUBLE', decimals: 9, values }
  })
  return { rowCount: count, columns, source: 'drawn' }
}

/** Privacy against all of a million rows: how long it takes, and what a copier with a little noise is told. */
export const privacy: Bench = {
  name: 'privacy',
  summary: 'a million training rows of twelve mixed columns, five thousand synthetic ones, on one core',
  async *run() {
    const training = someTable(many, 1)
    const heldOut = someTable(unseen, 2)
    const some = (of: Table): Table =>
      takeRows(
        of,
        Int32Array.from({ length: made }, (_, i) => Math.floor((i * of.rowCount) / made)),
      )
    const copied = some(training)
    const noisy = {
      ...copied,
      columns: copied.columns.map(
        (column): Column =>
          column.kind === 'text'
            ? column
            : { ...column, values: column.values.map((value, row) => value + 1e-3 * Math.sin(row)) },
      ),
    }
    for (const [name, synthetic, target] of [
      ['fresh rows', someTable(made, 3), { atMost: 0.1 }],
      ['copies with noise of a thousandth', noisy, { atLeast: 0.9 }],
    ] as const) {
      const started = process.cpuUsage()
      const found = await measured(training, heldOut, synthetic)
      const used = process.cpuUsage(started)
      const seconds = (used.user + used.system) / 1e6
      yield result(`${name}: time of one core`, 's', seconds, { atMost: 60 })
      const near = found.figures.find((figure) => figure.name === 'near copies')!
      yield result(`${name}: near copies`, 'share', near.value, target)
    }
  },
}

function measured(training: Table, heldOut: Table, synthetic: Table): Promise<Privacy> {
  const names = training.columns.map(({ name }) => name)
  const real = takeRows(
    training,
    Int32Array.from({ length: 20_000 }, (_, row) => row),
  )
  return measurePrivacy({ real, heldOut, synthetic }, { names, seed: 0, training: blocksOf(training) })
}

function result(
  name: string,
  unit: string,
  ours: number,
  target: { readonly atMost: number } | { readonly atLeast: number },
): BenchResult {
  const met = 'atMost' in target ? ours <= target.atMost : ours >= target.atLeast
  return { name, unit, ours, peers: {}, ratio: null, target, met }
}
