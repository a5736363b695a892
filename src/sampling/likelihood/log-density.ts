import { RandomStream } from '../../base/index.ts'
import type { Runtime } from '../../engine/index.ts'
import type { FittedDenoiser } from '../../family/index.ts'
import { checkedConditions, conditionRows, type GivenConditions } from '../conditions.ts'
import { checkedPoints, wrong } from './checked-points.ts'
import { CommonSteps } from './common-steps.ts'
import { dormandPrince } from './dormand-prince.ts'
import { evenNodes, groupRows } from './even-nodes.ts'
import { usualIntervals } from './even-quadrature.ts'
import { Flow, type Probes } from './flow.ts'
import { FlowClock } from './flow-clock.ts'
import { effectOf, type Solution } from './integrator.ts'
import { type DataMoments, gaussianPrior, isotropicMoments, meanVariance, type PriorLog } from './prior.ts'
import { rungeKutta4 } from './runge-kutta-4.ts'
import { solveMany } from './solve-many.ts'

/** How the flow is followed. */
export type FlowMethod =
  | {
      readonly kind: 'even'
      /**
       * Largest estimated error of a row's log-density, nats; 0.02 unless given. Beyond 30 nats it grows in proportion: the last
       * hundredth of a nat says nothing of a row at −5,000. A row whose path or whose integral is above it is worked on until it is not,
       * or nearly without end; then it keeps what it has, which `solverError` tells.
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
  /** Mean of each point's own density at σ_max, [n, d], where it is known better than by the moments: under conditions, for example. */
  readonly centres?: ArrayLike<number> | undefined
  /** Even nodes where the moments are given, else adaptive steps, unless given. */
  readonly method?: FlowMethod | undefined
  /** Exact unless given. */
  readonly trace?: TraceMethod | undefined
  /** Index of the first row, which the probes of a row depend on; 0 unless given. */
  readonly first?: number
  readonly batchSize?: number
  readonly runtime?: Runtime | undefined
  /** Stops the run before it begins and between two evaluations, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Hears of rows that are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
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

/** Nodes of a row in the first round: a batch of the trace is no larger than these are. */
const nodesAtLeast = 8
/** Rows at once whose path has steps of its own: they are few. */
const ownSteps = 32
/** |ln p| in nats up to which a tolerance is absolute; beyond it grows in proportion. */
const ordinary = 30

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
  const { fitted, x, signal, trace } = options
  signal?.throwIfAborted()
  const { dimension } = fitted.model
  const count = checkedCount(options)
  const shapes = fitted.model.conditions
  const given = checkedConditions(options.conditions, count, shapes)
  const conditions = conditionRows(given, shapes, { start: 0, count })
  const probes = drawProbes(options, count)
  const priorLog = priorOf(options)
  const nothing = (): Float64Array => new Float64Array(count)
  const evaluations = new Int32Array(count)
  const result = {
    ...{ logDensity: nothing(), standardError: nothing(), solverError: nothing() },
    trace: trace?.kind ?? ('exact' as const),
    evaluations,
  }
  const of = { ...{ fitted, conditions, probes, evaluations, signal }, runtime: options.runtime }
  let done = 0
  const onRow = (row: number, logDensities: Float64Array, error: number): void => {
    const { mean, standardError } = meanOf(logDensities)
    result.logDensity[row] = mean
    result.standardError[row] = standardError
    result.solverError[row] = error
    options.onProgress?.(++done, count)
  }
  const way = wayOf(options)
  const open = { ...of, batchSize: options.batchSize }
  const flow = await Flow.open({ ...open, atOnce: way.kind === 'even' ? nodesAtLeast * count : count })
  const opened: { dispose(): Promise<void> }[] = [flow]
  try {
    if (way.kind === 'even') {
      const { from, to, moments } = way
      const variance = meanVariance(moments)
      const clock = new FlowClock({ from, to, variance })
      const intervals = usualIntervals(clock.span, way.tolerance)
      const common = await CommonSteps.open({
        ...{ fitted, conditions, evaluations, x, clock, intervals, signal, runtime: options.runtime },
        ...{ tolerance: way.tolerance, mean: moments.mean, variance, most: Math.min(groupRows, count) },
      })
      opened.push(common)
      const drift = await Flow.open({ ...open, atOnce: Math.min(ownSteps, count), driftOnly: true })
      opened.push(drift)
      const toleranceOf = (log: number): number => way.tolerance * Math.max(1, Math.abs(log) / ordinary)
      await evenNodes({
        ...{ x, count, dimension, from, to, clock, intervals, moments, priorLog, toleranceOf },
        ...{ flow, drift, common, onRow },
      })
    } else
      await solveMany({
        rows: Array.from({ length: count }, (_, row) => row),
        batchSize: flow.batchSize,
        evaluate: (asked) => flow.evaluate(asked),
        begin: (row) => {
          const y = new Float64Array(dimension + flow.integrals)
          y.set(x.subarray(row * dimension, (row + 1) * dimension))
          return way.solution(y)
        },
        end: (row, { y, error }) => {
          const log = priorLog(y.slice(0, dimension), row)
          onRow(
            row,
            y.slice(dimension).map((integral) => log + integral),
            error,
          )
        },
      })
  } finally {
    for (const one of opened) await one.dispose()
  }
  return result
}

function priorOf({ fitted, moments, centres, sigmaMax }: LogDensityOptions): PriorLog {
  const { dimension } = fitted.model
  const own = moments ?? isotropicMoments(dimension, 0)
  const prior = gaussianPrior(own, sigmaMax)
  const moved = (x: Float64Array, row: number): Float64Array =>
    centres ? x.map((value, i) => value - centres[row * dimension + i]! + own.mean[i]!) : x
  return (x, row) => prior.logDensity(moved(x, row))[0]!
}

/** The probes of each row, [count, P, d]; undefined for the exact trace. */
function drawProbes({ trace, fitted, first = 0 }: LogDensityOptions, count: number): Probes | undefined {
  if (trace?.kind !== 'probes') return undefined
  const stream = new RandomStream({ seed: trace.seed, name: 'sampling/probes' })
  const width = trace.count * fitted.model.dimension
  return { count: trace.count, signs: stream.rademacher({ first, count, width }) }
}

/** How the rows are gone through: path and nodes apart, or steps of both together. */
type Way =
  | {
      readonly kind: 'even'
      readonly from: number
      readonly to: number
      readonly moments: DataMoments
      readonly tolerance: number
    }
  | { readonly kind: 'steps'; readonly solution: (y: Float64Array) => Solution }

function wayOf({ moments, method, sigmaMin, sigmaMax, fitted }: LogDensityOptions): Way {
  const { dimension } = fitted.model
  const chosen: FlowMethod = method ?? { kind: moments ? 'even' : 'adaptive' }
  const range = { from: Math.log(sigmaMin), to: Math.log(sigmaMax) }
  if (chosen.kind === 'even')
    return { kind: 'even', ...range, moments: moments!, tolerance: chosen.tolerance ?? 0.02 }
  if (chosen.kind === 'fixed')
    return { kind: 'steps', solution: (y) => rungeKutta4({ y, ...range, steps: chosen.steps }) }
  const solution = (y: Float64Array): Solution =>
    dormandPrince({
      ...{ y, ...range, tolerance: chosen.tolerance ?? 1e-5 },
      effect: (difference, { t, h, slopes }) => {
        const integrals = difference.subarray(dimension)
        const sigma = Math.exp(t + h)
        return (
          integrals.reduce((sum, value) => sum + value, 0) / integrals.length +
          effectOf(difference, slopes[6]!, { dimension, sigma })
        )
      },
    })
  return { kind: 'steps', solution }
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
