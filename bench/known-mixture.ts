import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gaussianMixture } from '../src/density/index.ts'
import { metrics, rowsOf } from '../src/evaluation/index.ts'
import { inFolderOf, scorefield, trained } from './command-line.ts'
import type { Bench, BenchResult, Target } from './harness.ts'

/** Three Gaussians in five dimensions, with correlations, near enough to one another to overlap. */
const truth = gaussianMixture({
  weights: [0.5, 0.3, 0.2],
  means: [
    [0, 0, 0, 0, 0],
    [2.5, -1, 1.5, 0, 1],
    [-1.5, 2.5, 0, 2, -2],
  ],
  covariances: [
    covarianceOf([1, 0.8, 1.2, 0.6, 1], 0.5),
    covarianceOf([0.6, 1, 0.5, 0.9, 0.7], -0.2),
    covarianceOf([0.8, 0.5, 1, 0.7, 0.4], 0.3),
  ],
})
const columns = ['a', 'b', 'c', 'd', 'e']
const [learned, fresh] = [8000, 2000]

/** What `train`, told nothing, makes of a table whose density is known. */
export const knownMixture: Bench = {
  name: 'known-mixture',
  summary: 'a known mixture of three Gaussians in five dimensions, 8,000 rows, `train` with no option',
  async *run({ folder }) {
    yield* inFolderOf('known-mixture', folder, judged)
  },
}

async function* judged(folder: string): AsyncGenerator<BenchResult> {
  const file = (name: string): string => join(folder, name)
  writeTable(file('rows.csv'), drawn(1, learned))
  writeTable(file('fresh.csv'), drawn(2, fresh))
  const { run, seconds } = trained(file('rows.csv'), folder)
  scorefield('score', run, file('fresh.csv'), '-o', file('scores.csv'), '--quiet')
  const found = columnsOf(file('scores.csv'), ['log_density']).map(([value]) => value!)
  const exact = truth.logDensity(drawn(2, fresh))
  const differences = found.map((value, i) => value - exact[i]!)
  const after = `${fresh} fresh rows, after ${seconds.toFixed(0)} s of training`
  const absolute = mean(differences.map(Math.abs))
  yield figure('mean |log-density − true|', 'nats', absolute, { atMost: 0.12 }, after)
  const bias = mean(differences)
  yield figure(
    '|mean log-density − true|',
    'nats',
    Math.abs(bias),
    { atMost: 0.03 },
    `signed ${bias.toFixed(4)}`,
  )

  scorefield('sample', run, '-n', `${fresh}`, '-o', file('made.csv'), '--quiet')
  const made = Float64Array.from(columnsOf(file('made.csv'), columns).flat())
  const draws = Array.from({ length: 20 }, (_, k) => energyDistance(drawn(4 + k, fresh), drawn(3, fresh)))
  const spread = Math.sqrt(mean(draws.map((value) => value ** 2)))
  const distance = energyDistance(made, drawn(3, fresh))
  yield figure(
    'energy distance to exact draws, in units of what exact draws show',
    'σ',
    distance / spread,
    { atMost: 2 },
    `${distance.toExponential(2)}; exact draws ${spread.toExponential(2)} around 0`,
  )
}

/** Deviations, and one correlation between all pairs: [d, d]. */
function covarianceOf(deviations: readonly number[], correlation: number): number[] {
  return deviations.flatMap((one, i) =>
    deviations.map((other, j) => one * other * (i === j ? 1 : correlation)),
  )
}

function drawn(seed: number, count: number): Float64Array {
  return truth.sample({ seed, first: 0, count })
}

function energyDistance(candidate: Float64Array, reference: Float64Array): number {
  const metric = metrics.find(({ name }) => name === 'energy-distance')!
  const rows = (data: Float64Array) => rowsOf({ values: data, dimension: columns.length })
  return metric.measure({ candidate: rows(candidate), reference: rows(reference), columns, seed: 0 })[0]!
    .value
}

function writeTable(path: string, rows: Float64Array): void {
  const lines = Array.from({ length: rows.length / columns.length }, (_, i) =>
    Array.from(rows.subarray(i * columns.length, (i + 1) * columns.length)).join(','),
  )
  writeFileSync(path, `${[columns.join(','), ...lines].join('\n')}\n`)
}

/** The numbers of these columns of a CSV file, row by row. */
function columnsOf(path: string, names: readonly string[]): number[][] {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  const places = names.map((name) => header!.split(',').indexOf(name))
  return lines.map((line) => {
    const cells = line.split(',')
    return places.map((place) => Number(cells[place]))
  })
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}

function figure(
  name: string,
  unit: string,
  ours: number,
  target: Target & { atMost: number },
  note: string,
): BenchResult {
  return {
    ...{ name: `known mixture: ${name}`, unit, ours, peers: {}, ratio: null },
    ...{ target, met: ours <= target.atMost, note },
  }
}
