import { RandomStream } from '../src/base/index.ts'
import type { RowObject } from '../src/data/index.ts'
import { gaussianMixture } from '../src/density/index.ts'
import { metrics, rowsOf } from '../src/evaluation/index.ts'
import { fitTable, type TableModel } from '../src/run/node.ts'
import type { Bench, BenchResult } from './harness.ts'

/** Three Gaussians in three dimensions. */
const components = [
  { weight: 0.5, mean: [0, 0, 0], covariance: covarianceOf([1, 0.8, 1.2], 0.6) },
  { weight: 0.3, mean: [2.5, -1, 1.5], covariance: covarianceOf([0.6, 1, 0.5], -0.3) },
  { weight: 0.2, mean: [-1.5, 2.5, 2], covariance: covarianceOf([0.8, 0.5, 1], 0.3) },
]
const truth = mixtureOf(components)
const columns = ['a', 'b', 'c'] as const
const [learned, drawn, gapShare] = [8000, 1000, 0.3]
/** What is given: common, between two components, rare. */
const given = [-1, 1.2, 3] as const

/** Columns that are given, and gaps that are unknown, against exact answers. */
export const conditions: Bench = {
  name: 'conditions',
  summary: 'a known mixture of three Gaussians, 8,000 rows: columns given, and 30 % of the cells missing',
  async *run() {
    const rows = rowsAsObjects(exactRows(truth, 1, learned))
    const plain = await fitTable(rows, { seed: 1 })
    const all = await fitTable(rows, { seed: 1, conditions: 'all' })
    const gaps = rows.map((row, i) => withGaps(row, i))
    const unknown = await fitTable(gaps, { seed: 1, gaps: 'unknown' })
    for (const a of given) {
      const exact = conditionalOn(a)
      const made = numbers(await all.sample({ count: drawn, seed: 3, given: { a } }), ['b', 'c'])
      yield* against(`given a = ${a}`, made, (seed) => exactRows(exact, seed, drawn), 2)
    }
    for (const [what, model] of [
      ['the joint, trained without conditions', plain],
      ['the joint, trained with conditions all', all],
      ['the joint, 30 % of the cells missing, gaps unknown', unknown],
    ] as const) {
      const made = numbers(await model.sample({ count: drawn, seed: 3 }), columns)
      yield* against(what, made, (seed) => exactRows(truth, seed, drawn), 3)
      yield* moments(what, model)
    }
    for (const model of [plain, all, unknown]) await model.dispose()
  },
}

/** Energy distance to exact draws, in units of what exact draws show among themselves. */
async function* against(
  what: string,
  made: Float64Array,
  exact: (seed: number) => Float64Array,
  dimension: number,
): AsyncGenerator<BenchResult> {
  const reference = exact(101)
  const floor = Math.sqrt(
    mean(Array.from({ length: 20 }, (_, k) => energyDistance(exact(200 + k), reference, dimension) ** 2)),
  )
  const distance = energyDistance(made, reference, dimension)
  yield figure(
    `${what}: energy distance, in units of that of exact draws`,
    '×',
    distance / floor,
    `${distance.toExponential(2)} against ${floor.toExponential(2)}`,
  )
}

/** The largest errors of means and of covariances, in units of the columns' deviations. */
async function* moments(what: string, model: TableModel): AsyncGenerator<BenchResult> {
  const made = numbers(await model.sample({ count: 10 * drawn, seed: 5 }), columns)
  const [real, found] = [exactRows(truth, 400, 100_000), made].map((rows) => momentsOf(rows))
  const std = columns.map((_, k) => Math.sqrt(real!.covariance[k]![k]!))
  const ofMean = Math.max(...columns.map((_, k) => Math.abs(found!.mean[k]! - real!.mean[k]!) / std[k]!))
  const ofCovariance = Math.max(
    ...columns.flatMap((_, i) =>
      columns.map(
        (__, j) => Math.abs(found!.covariance[i]![j]! - real!.covariance[i]![j]!) / (std[i]! * std[j]!),
      ),
    ),
  )
  yield figure(`${what}: largest error of a mean`, 'σ', ofMean, `${10 * drawn} rows drawn`)
  yield figure(`${what}: largest error of a covariance`, 'σ²', ofCovariance, `${10 * drawn} rows drawn`)
}

interface Component {
  readonly weight: number
  readonly mean: readonly number[]
  readonly covariance: readonly number[]
}

function mixtureOf(of: readonly Component[]): ReturnType<typeof gaussianMixture> {
  return gaussianMixture({
    weights: of.map(({ weight }) => weight),
    means: of.map(({ mean }) => [...mean]),
    covariances: of.map(({ covariance }) => [...covariance]),
  })
}

/** (b, c) given a: each component by the normal's rule, its weight by how likely it makes a. */
function conditionalOn(a: number): ReturnType<typeof gaussianMixture> {
  const parts = components.map(({ weight, mean, covariance }) => {
    const [variance, ...across] = covariance.slice(0, 3) as [number, number, number]
    const apart = a - mean[0]!
    const likelihood = Math.exp(-0.5 * (apart ** 2 / variance)) / Math.sqrt(variance)
    const left = [0, 1].flatMap((i) =>
      [0, 1].map((j) => covariance[3 * (i + 1) + j + 1]! - (across[i]! * across[j]!) / variance),
    )
    const shifted = [0, 1].map((i) => mean[i + 1]! + (across[i]! / variance) * apart)
    return { weight: weight * likelihood, mean: shifted, covariance: left }
  })
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  return mixtureOf(parts.map((part) => ({ ...part, weight: part.weight / total })))
}

function covarianceOf(deviations: readonly number[], correlation: number): number[] {
  return deviations.flatMap((one, i) =>
    deviations.map((other, j) => one * other * (i === j ? 1 : correlation)),
  )
}

function exactRows(of: typeof truth, seed: number, count: number): Float64Array {
  return of.sample({ seed, first: 0, count })
}

function rowsAsObjects(rows: Float64Array): RowObject[] {
  return Array.from({ length: rows.length / 3 }, (_, i) =>
    Object.fromEntries(columns.map((name, k) => [name, rows[3 * i + k]!])),
  )
}

/** Every cell is missing with the same chance, whatever it holds. */
function withGaps(row: RowObject, i: number): RowObject {
  const u = new RandomStream({ seed: 9, name: 'gaps' }).uniform({ first: i, count: 1, width: 3 })
  const isMissing = (k: number): boolean => u[k]! < gapShare
  return Object.fromEntries(columns.map((name, k) => [name, isMissing(k) ? null : row[name]!]))
}

function numbers(rows: readonly Record<string, unknown>[], names: readonly string[]): Float64Array {
  return Float64Array.from(rows.flatMap((row) => names.map((name) => Number(row[name]))))
}

function momentsOf(rows: Float64Array): { readonly mean: number[]; readonly covariance: number[][] } {
  const column = (k: number): Float64Array =>
    Float64Array.from({ length: rows.length / 3 }, (_, i) => rows[3 * i + k]!)
  const all = columns.map((_, k) => column(k))
  const centres = all.map(mean)
  const covariance = all.map((one, i) =>
    all.map((other, j) => mean(one.map((v, row) => (v - centres[i]!) * (other[row]! - centres[j]!)))),
  )
  return { mean: centres, covariance }
}

function energyDistance(candidate: Float64Array, reference: Float64Array, dimension: number): number {
  const metric = metrics.find(({ name }) => name === 'energy-distance')!
  const rows = (values: Float64Array) => rowsOf({ values, dimension })
  const names = Array.from({ length: dimension }, (_, k) => `x${k}`)
  return metric.measure({
    ...{ candidate: rows(candidate), reference: rows(reference), columns: names, seed: 0 },
  })[0]!.value
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}

function figure(name: string, unit: string, ours: number, note: string): BenchResult {
  return { name: `conditions: ${name}`, unit, ours, peers: {}, ratio: null, target: null, met: null, note }
}
