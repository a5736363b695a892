import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RandomStream } from '../src/base/random/index.ts'
import { type Column, readTable, type Table, takeRows, writeTable } from '../src/data/node.ts'
import { twoSampleArea } from '../src/evaluation/index.ts'
import { inTemporaryFolder, python, sharedData } from './command-line.ts'
import type { Bench, BenchResult } from './harness.ts'

const paths: readonly string[] = [
  'data/wine-quality/winequality-white.csv',
  join(sharedData, 'penguins/penguins.csv'),
  join(sharedData, 'abalone/abalone.csv'),
  join(sharedData, 'california-housing/housing.csv'),
  join(sharedData, 'adult/adult.data'),
]

/** Shares of cells that are taken from other rows: a hard case, and an easy one. */
const shares: readonly number[] = [0.1, 0.3]

/** Our judge and scikit-learn's on the same rows: real ones against real ones with a share of their cells exchanged. */
export const judges: Bench = {
  name: 'judges',
  summary: 'our boosted trees and scikit-learn’s, telling the same made rows from real ones',
  async *run() {
    for (const path of paths) {
      if (existsSync(path)) yield* inTemporaryFolder((folder) => compared(path, folder))
      else process.stderr.write(`  ${path} is not at hand; SCOREFIELD_DATA names the folder that holds it\n`)
    }
  },
}

async function* compared(path: string, folder: string): AsyncGenerator<BenchResult> {
  const { table } = await readTable({ source: path })
  const [real, made] = [join(folder, 'real.csv'), join(folder, 'made.csv')]
  await writeTable(table, { path: real })
  const names = table.columns.map(({ name }) => name)
  const none = takeRows(table, new Int32Array(0))
  for (const share of shares) {
    const exchanged = withExchangedCells(table, share)
    await writeTable(exchanged, { path: made })
    const started = performance.now()
    const ours = twoSampleArea({ real: table, heldOut: none, synthetic: exchanged }, { names, seed: 0 })
    const seconds = (performance.now() - started) / 1000
    const theirs = areaByScikitLearn(real, made)
    yield {
      name: `${path.split('/').at(-1)}: ${100 * share} % of cells exchanged`,
      unit: 'AUC',
      ours: ours.value,
      peers: theirs === undefined ? {} : { 'scikit-learn': theirs },
      ratio: null,
      target: null,
      met: theirs === undefined ? null : Math.abs(ours.value - theirs) <= 0.02,
      note: `met: within 0.02; ${table.rowCount} rows a side, ours took ${seconds.toFixed(1)} s`,
    }
  }
}

/** Rows drawn with replacement; of each column a share of cells is that of another row. */
function withExchangedCells(table: Table, share: number): Table {
  const { rowCount } = table
  const stream = new RandomStream({ seed: 1, name: 'bench/judges' })
  const drawn = (index: number): Int32Array =>
    Int32Array.from(stream.uniform({ first: index * rowCount, count: rowCount, width: 1 }), (u) =>
      Math.floor(u * rowCount),
    )
  const rows = drawn(0)
  const columns = table.columns.map((column, k): Column => {
    const others = drawn(2 * k + 1)
    const chosen = drawn(2 * k + 2)
    const from = rows.map((row, i) => (chosen[i]! < share * rowCount ? others[i]! : row))
    return takeRows({ ...table, columns: [column] }, from).columns[0]!
  })
  return { ...table, columns }
}

function areaByScikitLearn(real: string, made: string): number | undefined {
  const { status, stdout } = spawnSync(python, ['bench/peers/judge.py', real, made, '--grouped'], {
    encoding: 'utf8',
  })
  if (status === 0) return (JSON.parse(stdout) as { grouped: number }).grouped
  process.stderr.write('  scikit-learn is not at hand; SCOREFIELD_PYTHON names a Python that has it\n')
  return undefined
}
