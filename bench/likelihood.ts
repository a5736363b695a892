import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { tableOfObjects } from '../src/data/index.ts'
import { gaussianMixture } from '../src/density/index.ts'
import { nodeCpu } from '../src/engine/index.ts'
import type { RowPart } from '../src/family/index.ts'
import { type FittedModel, fit, fitTable } from '../src/run/index.ts'
import { type FlowMethod, logDensity } from '../src/sampling/index.ts'
import { exactDenoiser } from '../src/sampling/testing/exact.ts'
import type { Bench, BenchResult, Target } from './harness.ts'

/**
 * What the tolerances of both ways are swept over, from rough to fine. No step of `adaptive` is longer than 0.8 in ln σ, so that a tolerance over 1e-4
 * changes little.
 */
const [adaptiveTolerances, evenTolerances] = [
  [1e-4, 1e-5],
  [0.05, 0.02, 0.006, 0.002],
]
/** What `score` takes. */
const [usualAdaptive, usualEven] = [1e-4, 0.02]
const columns = 10
/** Rows that are timed, and those of them whose error is known. */
const [rows, judged] = [256, 96]
/** One thread: two of them wait for one another while the machine does other work, and waiting counts as work. */
const runtime = nodeCpu({ threads: 1 })
/**
 * Folder of a checkout of an earlier release, built, whose `node_modules` is a link to ours (ONNX Runtime is not loaded twice): its adaptive steps are
 * measured in the same run. Of 0.5.0 it is the code that `score` had when it was asked to be five times as fast.
 */
const before = process.env['SCOREFIELD_BEFORE']

/** A learned model, and what an earlier release builds it from. */
interface Learned {
  readonly fitted: FittedModel
  readonly parts: readonly RowPart[]
}

/** A way to log-densities at one tolerance. */
interface Measured {
  readonly tolerance: number
  /** Mean over the judged rows, nats. */
  readonly error: number
  /** Rows a CPU second. */
  readonly rate: number
  readonly note: string
}

/** log p of points, [n], and the evaluations that each took. */
type Way = (
  x: Float64Array,
  tolerance: number,
) => Promise<{ readonly logDensity: Float64Array; readonly evaluations: Int32Array }>

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
  const model = await fit(tenColumns, { steps: 250, seed: 1, runtime })
  const learned: Learned = { fitted: model.fitted, parts: [{ kind: 'numbers', width: columns }] }
  yield* compared('narrow Gaussians', learned, tenColumns.sample({ seed: 7, first: 0, count: rows }))
  await model.dispose()
}

/** A table as people have them. */
async function* wines(): AsyncGenerator<BenchResult> {
  const all = readWines()
  const model = await fitTable(all, { steps: 250, seed: 1, runtime })
  const { table } = tableOfObjects(all.slice(0, rows))
  const points = model.encoding.encode(table, { dequantiseSeed: 1 })
  const learned: Learned = { fitted: model.fitted, parts: model.encoding.parts }
  yield* compared('white wines', learned, Float64Array.from(points))
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

/** Both ways at several tolerances, and how many times as fast ours is at the same error, by interpolation between them. */
async function* compared(name: string, learned: Learned, x: Float64Array): AsyncGenerator<BenchResult> {
  const few = x.subarray(0, (judged * x.length) / rows)
  const adaptive = wayOf(learned, (tolerance) => ({ kind: 'adaptive', tolerance }))
  const even = wayOf(learned, (tolerance) => ({ kind: 'even', tolerance }))
  const { logDensity: fine } = await adaptive(few, 1e-6)
  const theirs: Measured[] = []
  for (const tolerance of adaptiveTolerances) theirs.push(await timed(adaptive, { x, tolerance, fine }))
  const ours: Measured[] = []
  for (const tolerance of evenTolerances) ours.push(await timed(even, { x, tolerance, fine }))
  for (const one of theirs) yield rateOf(`${name}, a divergence at every adaptive step of now`, one)
  for (const one of ours) yield rateOf(`${name}, even nodes as they are usual`, one)
  const usual = theirs.find(({ tolerance }) => tolerance === usualAdaptive)!
  yield speed(`${name}: times the speed of adaptive steps of now, at the same error`, ours, usual, null)
  if (before === undefined) return
  const earlier = await earlierWay(learned, before)
  const { logDensity: own } = await earlier(few, 1e-6)
  const then = await timed(earlier, { x, tolerance: usualAdaptive, fine: own })
  yield rateOf(`${name}, a divergence at every adaptive step of the release before`, then)
  yield speed(`${name}: times the speed of the release before, at the same error`, ours, then, { atLeast: 5 })
  const usualOurs = ours.find(({ tolerance }) => tolerance === usualEven)!
  const ratio = usualOurs.rate / then.rate
  const errors = `error ${usualOurs.error.toFixed(4)} against ${then.error.toFixed(4)}`
  yield figure(`${name}: times the speed of the release before, both as usual`, '×', ratio, null, errors)
}

function wayOf(
  { fitted: { denoiser: fitted, range, moments } }: Learned,
  method: (tolerance: number) => FlowMethod,
): Way {
  const { sigmaMin, sigmaMax } = range
  return (x, tolerance) =>
    logDensity({ ...{ fitted, x, sigmaMin, sigmaMax, moments, runtime }, method: method(tolerance) })
}

/** The same model in the code of an earlier release: its parts are built anew there and take our values. */
async function earlierWay({ fitted, parts }: Learned, folder: string): Promise<Way> {
  const room = (name: string) => import(pathToFileURL(join(resolve(folder), 'dist', name, 'index.js')).href)
  const [engine, family, nn, sampling] = await Promise.all(['engine', 'family', 'nn', 'sampling'].map(room))
  const { sigmaMin, sigmaMax, sigmaData } = fitted.range
  const network = nn.residualMlp
  const size = { width: 256, blocks: 4, embedding: 64 }
  const model = family.asDenoiser(family.denoiserOf({ network, parts, size, sigmaData }))
  const common = {
    ...{ fitted: { model, values: fitted.values }, sigmaMin, sigmaMax },
    ...{ priorStd: Math.hypot(sigmaMax, sigmaData), moments: fitted.moments },
    runtime: engine.nodeCpu({ threads: 1 }),
  }
  return (x, tolerance) => sampling.logDensity({ ...common, x, method: { kind: 'adaptive', tolerance } })
}

/** Time and error of one way; the error is against `fine`, of the first rows. */
async function timed(
  way: Way,
  {
    x,
    tolerance,
    fine,
  }: { readonly x: Float64Array; readonly tolerance: number; readonly fine: Float64Array },
): Promise<Measured> {
  const [started, clock] = [process.cpuUsage(), performance.now()]
  const { logDensity: values, evaluations } = await way(x, tolerance)
  const { user, system } = process.cpuUsage(started)
  const seconds = (performance.now() - clock) / 1000
  const errors = Array.from(fine, (value, i) => Math.abs(values[i]! - value))
  const note = `tolerance ${tolerance}: mean |error| ${mean(errors).toFixed(4)} nats, largest ${largest(errors).toFixed(4)}; ${mean(evaluations).toFixed(0)} evaluations a row, with the trace or without; ${(rows / seconds).toFixed(0)} rows a second of the clock`
  return { tolerance, error: mean(errors), rate: rows / ((user + system) / 1e6), note }
}

function rateOf(name: string, { tolerance, rate, note }: Measured): BenchResult {
  return figure(`${name}, tolerance ${tolerance}`, 'rows a CPU second', rate, null, note)
}

/** How many times as fast ours is at the other's error: ln rate goes with ln error along straight lines between the tolerances. */
function speed(
  name: string,
  ours: readonly Measured[],
  { error, rate }: Measured,
  target: Target | null,
): BenchResult {
  const points = ours
    .map((one) => ({ x: Math.log(one.error), y: Math.log(one.rate) }))
    .sort((a, b) => a.x - b.x)
  const x = Math.min(points.at(-1)!.x, Math.max(points[0]!.x, Math.log(error)))
  const next = Math.max(
    1,
    points.findIndex((point) => point.x >= x),
  )
  const [left, right] = [points[next - 1]!, points[next]!]
  const y = left.y + ((x - left.x) / (right.x - left.x)) * (right.y - left.y)
  const at = `at a mean error of ${Math.exp(x).toFixed(4)} nats, theirs ${error.toFixed(4)}`
  return figure(name, '×', Math.exp(y) / rate, target, at)
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
