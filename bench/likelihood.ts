import { readFileSync } from 'node:fs'
import { tableOfObjects } from '../src/data/index.ts'
import { gaussianMixture } from '../src/density/index.ts'
import { nodeCpu } from '../src/engine/index.ts'
import { type FittedModel, fit, fitTable } from '../src/run/index.ts'
import { type FlowMethod, logDensity } from '../src/sampling/index.ts'
import { exactDenoiser } from '../src/sampling/testing/exact.ts'
import type { Bench, BenchResult, Target } from './harness.ts'

/** As the releases before 0.6.0, but for the longest step: adaptive, with the tolerance that `score` took, all rows in one batch. */
const before: Asked = { method: { kind: 'adaptive', tolerance: 1e-4 }, batchSize: 512 }
const columns = 10
/** Rows that are timed, and those of them whose error is known. */
const [rows, judged] = [512, 128]
/** One thread: two of them wait for one another while the machine does other work, and waiting counts as work. */
const runtime = nodeCpu({ threads: 1 })

type Asked = { readonly method: FlowMethod; readonly batchSize?: number }

/** Four Gaussians in ten dimensions, some narrow. */
const tenColumns = gaussianMixture({
  weights: [0.4, 0.3, 0.2, 0.1],
  means: [0, 1, 2, 3].map((k) => wave(1.5, 0.7 + k, 0)),
  covariances: [0, 1, 2, 3].map((k) => diagonal(wave(0.25, 1.3 * (k + 1), 0.3))),
})

/** Log-densities by the probability flow: how right, and how fast. */
export const likelihood: Bench = {
  name: 'likelihood',
  summary: 'log-densities by the probability flow: error off the centre, rows a second on ten columns',
  async *run({ only = '' }) {
    for (const [name, measured] of parts) if (name.includes(only)) yield* measured()
  },
}

/** An exact denoiser, so that what is left is the prior's and the solver's error. */
async function* offCentre(): AsyncGenerator<BenchResult> {
  const components = [
    { weight: 0.4, mean: [10.5, 12.6], axes: [1, 0, 0, 1], variances: [0.5, 0.2] },
    { weight: 0.6, mean: [13, 11.6], axes: [0.8, -0.6, 0.6, 0.8], variances: [0.3, 0.6] },
  ]
  const density = gaussianMixture({
    means: components.map(({ mean }) => mean),
    covariances: [
      [0.5, 0, 0, 0.2],
      [0.408, -0.144, -0.144, 0.492],
    ],
    weights: components.map(({ weight }) => weight),
  })
  const [xx, xy, , yy] = density.covariance!()
  const moments = { mean: Array.from(density.mean!()), covariance: [xx!, xy!, yy!] }
  const sigmaMin = 0.01
  const noised = density.noised!({ alpha: 1, std: sigmaMin })
  const x = noised.sample({ seed: 3, first: 0, count: 200 })
  const exact = noised.logDensity(x)
  const fitted = exactDenoiser(components)
  for (const [what, tolerance] of [
    ['usual tolerance', undefined],
    ['tolerance 0.001', 0.001],
  ] as const) {
    const method: FlowMethod = { kind: 'even', ...(tolerance === undefined ? {} : { tolerance }) }
    const found = await logDensity({ fitted, x, sigmaMin, sigmaMax: 60, moments, method })
    const errors = found.logDensity.map((value, i) => value - exact[i]!)
    const note = `largest ${largest(errors).toFixed(4)}; estimated ${rootMeanSquare(found.solverError).toExponential(1)}; ${mean(found.evaluations).toFixed(0)} evaluations a row`
    const name = `a mixture off its centre, σ_max = 60, ${what}: mean |error|`
    yield figure(name, 'nats', mean(errors.map(Math.abs)), { atMost: 0.002 }, note)
  }
}

/** A density that is sharp in many places. */
async function* narrow(): AsyncGenerator<BenchResult> {
  const model = await fit(tenColumns, { steps: 250, seed: 1 })
  yield* compared('narrow Gaussians', model.fitted, tenColumns.sample({ seed: 7, first: 0, count: rows }))
  await model.dispose()
}

/** A table as people have them. */
async function* wines(): AsyncGenerator<BenchResult> {
  const all = readWines()
  const model = await fitTable(all, { steps: 250, seed: 1 })
  const { table } = tableOfObjects(all.slice(0, rows))
  const points = model.encoding.encode(table, { dequantiseSeed: 1 })
  yield* compared('white wines', model.fitted, Float64Array.from(points))
  await model.dispose()
}

const parts: readonly (readonly [name: string, measured: () => AsyncGenerator<BenchResult>])[] = [
  ['centre', offCentre],
  ['narrow', narrow],
  ['wines', wines],
]

/** The first ten columns of the wines that come with the project. */
function readWines(): Record<string, number>[] {
  const text = readFileSync('data/wine-quality/winequality-white.csv', 'utf8')
  const [header, ...lines] = text.trim().split('\n')
  const names = header!.split(/[;,]/).slice(0, columns)
  return lines.map((line) => {
    const cells = line.split(/[;,]/)
    return Object.fromEntries(names.map((name, k) => [name.replaceAll('"', ''), Number(cells[k])]))
  })
}

async function* compared(
  name: string,
  { denoiser: fitted, range, moments }: FittedModel,
  x: Float64Array,
): AsyncGenerator<BenchResult> {
  const { sigmaMin, sigmaMax } = range
  const few = x.subarray(0, (judged * x.length) / rows)
  const found = (points: Float64Array, asked: Asked) =>
    logDensity({ ...{ fitted, x: points, sigmaMin, sigmaMax, moments, runtime }, ...asked })
  const fine = await found(few, { method: { kind: 'adaptive', tolerance: 1e-6 } })
  const timed = async (asked: Asked) => {
    const [started, clock] = [process.cpuUsage(), performance.now()]
    const { logDensity: values, evaluations } = await found(x, asked)
    const { user, system } = process.cpuUsage(started)
    const errors = fine.logDensity.map((value, i) => Math.abs(values[i]! - value))
    const seconds = (performance.now() - clock) / 1000
    const note = `mean |error| ${mean(errors).toFixed(4)} nats, largest ${largest(errors).toFixed(4)}; ${mean(evaluations).toFixed(0)} evaluations a row, with the trace or without; ${(rows / seconds).toFixed(0)} rows a second of the clock`
    return { rate: rows / ((user + system) / 1e6), error: mean(errors), note }
  }
  // One after the other, twice, since what else the machine does changes.
  const rounds = []
  for (let round = 0; round < 2; round++)
    rounds.push({ old: await timed(before), now: await timed({ method: { kind: 'even' } }) })
  const [old, now] = [rounds.map((of) => of.old), rounds.map((of) => of.now)]
  const rate = (of: typeof old): number => mean(of.map((one) => one.rate))
  yield figure(
    `${name}, a divergence at every adaptive step`,
    'rows a CPU second',
    rate(old),
    null,
    old[0]!.note,
  )
  yield figure(`${name}, as it is usual now`, 'rows a CPU second', rate(now), null, now[0]!.note)
  const ratio = rate(now) / rate(old)
  const errors = `error ${(now[0]!.error / old[0]!.error).toFixed(2)} times`
  yield figure(`${name}: now, times the speed of that`, '×', ratio, { atLeast: 5 }, errors)
}

function wave(size: number, pace: number, floor: number): number[] {
  return Array.from({ length: columns }, (_, i) => floor + size * Math.sin(pace * (i + 1)))
}

function diagonal(deviations: readonly number[]): number[] {
  return deviations.flatMap((one, i) => deviations.map((_, j) => (i === j ? one ** 2 + 0.01 : 0)))
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}

function rootMeanSquare(values: ArrayLike<number>): number {
  return Math.sqrt(mean(Array.from(values, (value) => value ** 2)))
}

function largest(values: ArrayLike<number>): number {
  return Math.max(...Array.from(values, Math.abs))
}

function figure(name: string, unit: string, ours: number, target: Target | null, note: string): BenchResult {
  const met =
    target === null
      ? null
      : 'atMost' in target
        ? ours <= target.atMost
        : 'atLeast' in target && ours >= target.atLeast
  return { name: `likelihood: ${name}`, unit, ours, peers: {}, ratio: null, target, met, note }
}
