import { join } from 'node:path'
import { RandomStream } from '../src/base/index.ts'
import type { Table } from '../src/data/index.ts'
import { placesInRun } from '../src/run/dequantise/store.node.ts'
import { bitsPerDimension } from '../src/run/experiment/log-densities.ts'
import { dequantisations, logProbabilities, type OpenedModel, openModel, openSplit } from '../src/run/node.ts'
import { inFolderOf, sharedData, trained } from './command-line.ts'
import type { Bench, BenchResult } from './harness.ts'

/** Pictures of the run's own test share that are scored. */
const count = 16

/** Pictures, with how long a model of them is trained. */
const runs: readonly { readonly path: string; readonly options: readonly string[] }[] = [
  { path: 'digits/digits.csv.gz', options: ['--kind', 'pictures', '--minutes', '1'] },
  { path: 'fashion-mnist/train20k-images-idx3-ubyte.gz', options: ['--minutes', '20'] },
]

/** Bits a dimension of test pictures by each dequantisation, on the same pictures and with the same probes. */
export const dequantisation: Bench = {
  name: 'dequantisation',
  summary: 'bits a dimension of pictures by uniform places in their cells and by learned ones',
  async *run({ only = '', folder }) {
    for (const { path, options } of runs.filter((one) => one.path.includes(only))) {
      const data = join(sharedData, path)
      yield* inFolderOf(data, folder, (own) => measured(trained(data, own, options).run, path))
    }
  },
}

async function* measured(run: string, path: string): AsyncGenerator<BenchResult> {
  const opened = await openModel(run)
  const { table, training, test, dispose } = await openSplit(opened)
  await dispose()
  const rowIndices = chosen(test)
  const cell = 2 / opened.encoding.levels!
  const found = new Map<string, Float64Array>()
  for (const way of dequantisations) {
    const started = process.cpuUsage()
    const dequantiser = await way.open({
      model: opened,
      pictures: async () => ({ table, rowIndices: training }),
      store: placesInRun(opened),
      onProgress: (done, total) => done % 20 === 0 && process.stderr.write(`  step ${done} of ${total}\n`),
    })
    const learned = secondsSince(started)
    const bits = await bitsOf(opened, table, { rowIndices, dequantiser })
    const { taken } = dequantiser
    await dequantiser.dispose()
    found.set(way.name, bits)
    const { mean, standardError } = meanOf(bits)
    const sigma = (opened.fitted.range.sigmaMin / cell).toFixed(2)
    yield {
      ...result(`${path}: ${way.name}`, mean),
      note: `± ${standardError.toFixed(3)} over ${count} pictures; σ_min is ${sigma} of a cell;${taken === undefined ? '' : ` ${100 * taken} % of what was learned is taken;`} opened in ${learned.toFixed(0)} s of CPU, scored in ${(secondsSince(started) - learned).toFixed(0)}`,
    }
  }
  const [uniform, ...others] = [...found]
  for (const [name, bits] of others) {
    const { mean, standardError } = meanOf(bits.map((value, i) => value - uniform![1][i]!))
    yield {
      ...result(`${path}: ${name} less ${uniform![0]}`, mean),
      note: `± ${standardError.toFixed(4)}, picture by picture`,
    }
  }
  await opened.fitted.dispose()
}

async function bitsOf(
  { fitted, encoding }: OpenedModel,
  table: Table,
  options: Parameters<typeof logProbabilities>[2],
): Promise<Float64Array> {
  const { logDensity } = await logProbabilities({ fitted, encoding }, table, {
    ...options,
    onProgress: (done, total) => process.stderr.write(`  scored ${done} of ${total}\n`),
  })
  return logDensity.map((value) => bitsPerDimension(value, encoding.bitsOver!))
}

/** Some of the rows, the same ones each time. */
function chosen(rows: Int32Array): Int32Array {
  const order = new RandomStream({ seed: 1, name: 'bench' }).permutation({ index: 0, size: rows.length })
  return Int32Array.from({ length: count }, (_, i) => rows[order[i]!]!)
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function meanOf(values: Float64Array): { readonly mean: number; readonly standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) }
}

function result(name: string, ours: number): BenchResult {
  return { name, unit: 'bits/dim', ours, peers: {}, ratio: null, target: null, met: null }
}
