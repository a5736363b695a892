import { RandomStream } from '../../base/index.ts'
import type { Runtime } from '../../engine/index.ts'
import type { FittedDenoiser } from '../../family/index.ts'
import { checkedConditions, conditionRows, type GivenConditions } from '../conditions.ts'
import { checkedPoints, wrong } from './checked-points.ts'
import { dormandPrince } from './dormand-prince.ts'
import { evenSteps, fewestEvenSteps } from './even-steps.ts'
import { Flow, type Probes } from './flow.ts'
import type { Solution } from './integrator.ts'
import { type DataMoments, gaussianPrior, isotropicMoments, meanVariance } from './prior.ts'
import { rungeKutta4 } from './runge-kutta-4.ts'
import { solveMany } from './solve-many.ts'

/** How the flow is followed. */
export type FlowMethod =
  | {
      readonly kind: 'even'
      /**
       * Largest estimated error of a row's log-density, nats; 0.03 unless given. Beyond 30 nats it grows in proportion, to a
       * thousandth: the last hundredth of a nat says nothing of a row at −5,000. Rows above it take twice as many steps, five times at
       * most; then they keep what they have, which `solverError` tells.
       */
      readonly tolerance?: number
    }
  | {
      readonly kind: 'adaptive'
      /** Largest error of a step, relative to values above 1 and absolute below; 1e-5 unless given. Each row has steps of its own. */
      readonly tolerance?: number
    }
  | {
      readonly kind: 'fixed'
      /** Steps of order 4, even in ln σ, four evaluations each. */
      readonly steps: number
    }

/** How the trace of the Jacobian is found: exactly, or estimated from P reverse passes. */
export type TraceMethod =
  | { readonly kind: 'exact' }
  | {
      readonly kind: 'probes'
      /**
       * P ≥ 2, so that the spread tells the error; it tells it well from about 16 on, and 64 where d is
       * small: there probes take few values, but there the exact trace costs less.
       */
      readonly count: number
      readonly seed: number
    }

/** What `logDensity` measures: whose density, where, and how exactly. */
export interface LogDensityOptions {
  readonly fitted: FittedDenoiser
  /** Points of data space, [n, d]. */
  readonly x: Float32Array | Float64Array
  /** What the points are conditioned on, or one value for all of them; needed where the model takes conditions. */
  readonly conditions?: GivenConditions | undefined
  readonly sigmaMin: number
  readonly sigmaMax: number
  /**
   * Of the data: the density at σ_max is N(mean, Cov + σ_max² I), and even steps follow what differs from that Gaussian. Mean 0 and no
   * covariance unless given.
   */
  readonly moments?: DataMoments | undefined
  /** Even steps where the moments are given, else adaptive, unless given. */
  readonly method?: FlowMethod
  /** Exact unless given. */
  readonly trace?: TraceMethod
  /** Index of the first row, which the probes of a row depend on; 0 unless given. */
  readonly first?: number
  readonly batchSize?: number
  readonly runtime?: Runtime | undefined
  /** Stops the run before it begins and between two evaluations, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Hears of rows that are done. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The log-densities of n points, with what is known of their error. */
export interface LogDensities {
  /** Nats, [n]. */
  readonly logDensity: Float64Array
  /** Of the estimated trace: standard deviation over the probes / √P; 0 for the exact trace. [n]. */
  readonly standardError: Float64Array
  /** The part of the standard errors that all points share, nats: of an energy's normaliser; absent where there is none. */
  readonly commonError?: number
  /** How the divergence of the flow was found; absent where the family has its own density or bound. */
  readonly trace?: TraceMethod['kind']
  /**
   * Estimated error of the solver, nats, about as large as the true one is in root mean square; 0 where there is none, NaN of fixed steps,
   * which estimate none. [n].
   */
  readonly solverError: Float64Array
  /** Evaluations of the network that each row took, with its trace or without, [n]. */
  readonly evaluations: Int32Array
}

/** Largest length of an even step in ln σ at first: of the tables tried, the mean error by it is 0.002 nats. */
const longestStep = 0.55
/** |ln p| in nats up to which a tolerance is absolute; beyond it grows in proportion. */
const ordinary = 30
/** How often the steps of a row may be halved. */
const mostHalvings = 5

/**
 * The log-density that a model's probability flow gives to points, in nats.
 *
 * ln p_{σmin}(x) = ln π(x̄(σ_max)) + ∫ ∇·f d ln σ from σ_min to σ_max, along dx̄/d ln σ = f = x̄ −
 * D(x̄; σ) with x̄(σ_min) = x; π = N(mean, Cov + σ_max² I).
 * Chen et al. 2018 (instantaneous change of variables); Song et al. 2021, appendix D.2; the trace by probes:
 * Hutchinson 1989.
 *
 * It is the density of the data *noised to σ_min*, x₀ + σ_min z, at x: not of the data themselves.
 * x: [n, d]. Probes are Rademacher, drawn once a row by (seed, first + row), and kept along its whole path.
 * Each row has steps by its own error; other rows only fill the batch, and can change no more than the last bits of a
 * result, and those only where a runtime's kernels round by a row's place (none does in ONNX Runtime's
 * products; its Softplus may). The points are followed in float64, the network runs as its runtime does.
 * Errors: `sampling/range`, `sampling/points`, `sampling/condition`, `sampling/probes`, `sampling/steps`,
 * `sampling/tolerance`, `sampling/moments`, `sampling/not-finite`, `sampling/step-vanished`; the signal's reason.
 */
export async function logDensity(options: LogDensityOptions): Promise<LogDensities> {
  const { fitted, x, sigmaMax, signal, trace } = options
  signal?.throwIfAborted()
  const { dimension } = fitted.model
  const count = checkedCount(options)
  const shapes = fitted.model.conditions
  const given = checkedConditions(options.conditions, count, shapes)
  const conditions = conditionRows(given, shapes, { start: 0, count })
  const probes = drawProbes(options, count)
  const prior = gaussianPrior(options.moments ?? isotropicMoments(dimension, 0), sigmaMax)
  const nothing = (): Float64Array => new Float64Array(count)
  const result = {
    ...{ logDensity: nothing(), standardError: nothing(), solverError: nothing() },
    trace: trace?.kind ?? ('exact' as const),
    evaluations: new Int32Array(count),
  }
  const passes = passesBy(options)
  let done = 0
  let rows = Array.from({ length: count }, (_, row) => row)
  const open = (): Promise<Flow> =>
    Flow.open({
      ...{ fitted, conditions, probes, count, runtime: options.runtime },
      ...{ batchSize: options.batchSize, atOnce: rows.length },
    })
  let flow = await open()
  try {
    for (const { solution, tolerance } of passes) {
      const again: number[] = []
      await solveMany({
        rows,
        batchSize: flow.batchSize,
        evaluate: (asked) => {
          signal?.throwIfAborted()
          return flow.evaluate(asked)
        },
        begin: (row) => solution(Float64Array.from(x.subarray(row * dimension, (row + 1) * dimension)), flow),
        end: (row, { y, error }) => {
          const { mean, standardError } = meanOf(y.subarray(dimension))
          result.logDensity[row] = prior.logDensity(y.slice(0, dimension))[0]! + mean
          result.standardError[row] = standardError
          result.solverError[row] = error
          result.evaluations[row]! += flow.takeEvaluations(row)
          if (error > tolerance * Math.max(1, Math.abs(result.logDensity[row]!) / ordinary)) again.push(row)
          else options.onProgress?.(++done, count)
        },
      })
      rows = again
      if (rows.length === 0) break
      // Places that stay empty cost as much as others do.
      if (rows.length > flow.batchSize / 4) continue
      await flow.dispose()
      flow = await open()
    }
  } finally {
    await flow.dispose()
  }
  return result
}

/** The probes of each row, [count, P, d]; undefined for the exact trace. */
function drawProbes({ trace, fitted, first = 0 }: LogDensityOptions, count: number): Probes | undefined {
  if (trace?.kind !== 'probes') return undefined
  const stream = new RandomStream({ seed: trace.seed, name: 'sampling/probes' })
  const width = trace.count * fitted.model.dimension
  return { count: trace.count, signs: stream.rademacher({ first, count, width }) }
}

/** A way through all rows, and the error up to which a row stays with it. */
interface Pass {
  readonly solution: (x: Float64Array, flow: { readonly integrals: number }) => Solution
  readonly tolerance: number
}

/** The ways, one after the other; the last one has no tolerance. */
function passesBy({ moments, method, sigmaMin, sigmaMax, fitted }: LogDensityOptions): readonly Pass[] {
  const { dimension } = fitted.model
  const chosen: FlowMethod = method ?? { kind: moments ? 'even' : 'adaptive' }
  const [from, to] = [Math.log(sigmaMin), Math.log(sigmaMax)]
  const withIntegrals = (x: Float64Array, integrals: number): Float64Array => {
    const y = new Float64Array(dimension + integrals)
    y.set(x)
    return y
  }
  if (chosen.kind === 'even') {
    const { mean } = moments!
    const variance = meanVariance(moments!)
    const fewest = Math.max(fewestEvenSteps, 2 * Math.ceil((to - from) / (2 * longestStep)))
    return Array.from({ length: mostHalvings + 1 }, (_, halvings) => ({
      solution: (x) => evenSteps({ ...{ x, from, to, mean, variance }, steps: fewest * 2 ** halvings }),
      tolerance: halvings === mostHalvings ? Number.POSITIVE_INFINITY : (chosen.tolerance ?? 0.03),
    }))
  }
  const solution: Pass['solution'] =
    chosen.kind === 'fixed'
      ? (x, { integrals }) => rungeKutta4({ y: withIntegrals(x, integrals), from, to, steps: chosen.steps })
      : (x, { integrals }) =>
          dormandPrince({
            ...{ y: withIntegrals(x, integrals), dimension, from, to },
            tolerance: chosen.tolerance ?? 1e-5,
          })
  return [{ solution, tolerance: Number.POSITIVE_INFINITY }]
}

/** Mean, and standard deviation / √n; 0 for a single value. */
function meanOf(values: Float64Array): { mean: number; standardError: number } {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0 }
}

/** How many points there are; throws where an option cannot be right. */
function checkedCount({ fitted, trace, method, ...options }: LogDensityOptions): number {
  const { dimension } = fitted.model
  const count = checkedPoints({ ...options, dimension, varied: method?.kind === 'even' })
  if (trace?.kind === 'probes' && !(Number.isInteger(trace.count) && trace.count >= 2))
    throw wrong(
      'probes',
      `${trace.count} probes were asked for.`,
      'Take 2 or more: their spread tells the error.',
    )
  if (method?.kind === 'fixed' && !(Number.isInteger(method.steps) && method.steps >= 1))
    throw wrong('steps', `${method.steps} steps were asked for.`, 'Give a whole number, 1 or more.')
  const tolerance = method && method.kind !== 'fixed' ? (method.tolerance ?? 1) : 1
  if (!(tolerance > 0 && tolerance < Infinity))
    throw wrong('tolerance', `The tolerance is ${tolerance}.`, 'Give a number above 0.')
  return count
}
