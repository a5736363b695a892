import { gaussianMixture } from '../src/density/index.ts'
import { fit } from '../src/run/index.ts'
import { type FlowMethod, logDensity } from '../src/sampling/index.ts'
import { exactDenoiser } from '../src/sampling/testing/exact.ts'
import type { Bench, BenchResult, Target } from './harness.ts'

/** Rows a second, two cores, and their error, of the release before 0.6.0: adaptive steps with the tolerance that `score` took. */
const before: FlowMethod = { kind: 'adaptive', tolerance: 1e-4 }
const columns = 10
const [rows, rowsBefore] = [768, 128]

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
  async *run() {
    yield* offCentre()
    yield* speed()
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

async function* speed(): AsyncGenerator<BenchResult> {
  const model = await fit(tenColumns, { steps: 250, seed: 1 })
  const { fitted } = model
  const x = tenColumns.sample({ seed: 7, first: 0, count: rows })
  const few = x.subarray(0, rowsBefore * columns)
  const fine = await fitted.logDensity(few, { method: { kind: 'adaptive', tolerance: 1e-6 } })
  const timed = async (points: Float64Array, method: FlowMethod) => {
    const started = process.cpuUsage()
    const found = await fitted.logDensity(points, { method })
    const { user, system } = process.cpuUsage(started)
    const errors = fine.logDensity.map((value, i) => Math.abs(found.logDensity[i]! - value))
    const rate = points.length / columns / ((user + system) / 1e6)
    const note = `mean |error| ${mean(errors).toFixed(4)} nats, largest ${largest(errors).toFixed(4)}; ${mean(found.evaluations).toFixed(0)} evaluations a row`
    return { rate, error: mean(errors), note }
  }
  // One after the other, twice, since what else the machine does changes.
  const rounds = []
  for (let round = 0; round < 2; round++)
    rounds.push({ old: await timed(few, before), now: await timed(x, { kind: 'even' }) })
  const [old, now] = [rounds.map((of) => of.old), rounds.map((of) => of.now)]
  const rate = (of: typeof old): number => mean(of.map((one) => one.rate))
  yield figure('adaptive steps, tolerance 1e-4', 'rows a CPU second', rate(old), null, old[0]!.note)
  yield figure('even steps, as they are usual', 'rows a CPU second', rate(now), null, now[0]!.note)
  const ratio = rate(now) / rate(old)
  const errors = `error ${(now[0]!.error / old[0]!.error).toFixed(2)} times`
  yield figure('even steps, times the speed of adaptive ones', '×', ratio, { atLeast: 5 }, errors)
  await model.dispose()
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
