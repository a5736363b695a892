import { RandomStream } from '../../base/index.ts'
import { type Runtime, ScorefieldError } from '../../engine/index.ts'
import type { FittedDenoiser } from '../../family/index.ts'
import { checkedConditions, conditionRows, type GivenConditions } from '../conditions.ts'
import { requireRange } from '../grids/grid.ts'
import { dormandPrince } from './dormand-prince.ts'
import { Flow, type Probes } from './flow.ts'
import type { Solution } from './integrator.ts'
import { isotropicPrior, type Prior } from './prior.ts'
import { rungeKutta4 } from './runge-kutta-4.ts'
import { solveMany } from './solve-many.ts'

/** How the flow is followed: with steps as long as each row's error allows, or with as many as are said. */
export type FlowMethod =
  | {
      readonly kind: 'adaptive'
      /** Largest error of a step, relative to values above 1 and absolute below; 1e-5 unless given. */
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
  /** Density of x̄ at σ_max, `gaussianPrior` of the data's moments the best; N(0, σ_max² I) unless given. */
  readonly prior?: Prior | undefined
  /** Adaptive unless given. */
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
  /** How the divergence of the flow was found; absent where the family has its own density or bound. */
  readonly trace?: TraceMethod['kind']
  /** Evaluations of the network and its trace that each row took, [n]. */
  readonly evaluations: Int32Array
}

/**
 * The log-density that a model's probability flow gives to points, in nats.
 *
 * ln p_{σmin}(x) = ln π(x̄(σ_max)) + ∫ ∇·f d ln σ from σ_min to σ_max, along dx̄/d ln σ = f = x̄ −
 * D(x̄; σ) with x̄(σ_min) = x.
 * Chen et al. 2018 (instantaneous change of variables); Song et al. 2021, appendix D.2; the trace by probes:
 * Hutchinson 1989.
 *
 * It is the density of the data *noised to σ_min*, x₀ + σ_min z, at x: not of the data themselves. π is
 * `prior`.
 * x: [n, d]. Probes are Rademacher, drawn once a row by (seed, first + row), and kept along its whole path.
 * Each row has its own steps; other rows only fill the batch, and can change no more than the last bits of a
 * result, and those only where a runtime's kernels round by a row's place (none does in ONNX Runtime's
 * products; its Softplus may). The points are followed in float64, the network runs as its runtime does.
 * Errors: `sampling/range`, `sampling/points`, `sampling/condition`, `sampling/probes`, `sampling/steps`,
 * `sampling/tolerance`, `sampling/not-finite`, `sampling/step-vanished`; the signal's reason.
 */
export async function logDensity(options: LogDensityOptions): Promise<LogDensities> {
  const { fitted, x, sigmaMin, sigmaMax, signal } = options
  signal?.throwIfAborted()
  const { dimension } = fitted.model
  const count = checkedCount(options)
  const shapes = fitted.model.conditions
  const given = checkedConditions(options.conditions, count, shapes)
  const conditions = conditionRows(given, shapes, { start: 0, count })
  const flow = await Flow.open({ ...options, count, conditions, probes: drawProbes(options, count) })
  const result = {
    logDensity: new Float64Array(count),
    standardError: new Float64Array(count),
    trace: options.trace?.kind ?? ('exact' as const),
    evaluations: flow.evaluations,
  }
  const solution = solutionBy(options.method ?? { kind: 'adaptive' }, Math.log(sigmaMin), Math.log(sigmaMax))
  const prior = options.prior ?? isotropicPrior(dimension, sigmaMax)
  let done = 0
  try {
    await solveMany({
      count,
      batchSize: flow.batchSize,
      evaluate: (asked) => {
        signal?.throwIfAborted()
        return flow.evaluate(asked)
      },
      begin: (row) => {
        const y = new Float64Array(dimension + flow.integrals)
        y.set(x.subarray(row * dimension, (row + 1) * dimension))
        return solution(y)
      },
      end: (row, y) => {
        const { mean, standardError } = meanOf(y.subarray(dimension))
        result.logDensity[row] = prior.logDensity(y.slice(0, dimension))[0]! + mean
        result.standardError[row] = standardError
        options.onProgress?.(++done, count)
      },
    })
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

function solutionBy(method: FlowMethod, from: number, to: number): (y: Float64Array) => Solution {
  if (method.kind === 'fixed') return (y) => rungeKutta4({ y, from, to, steps: method.steps })
  return (y) => dormandPrince({ y, from, to, tolerance: method.tolerance ?? 1e-5 })
}

/** Mean, and standard deviation / √n; 0 for a single value. */
function meanOf(values: Float64Array): { mean: number; standardError: number } {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0 }
}

/** How many points there are; throws where an option cannot be right. */
function checkedCount({ fitted, x, sigmaMin, sigmaMax, trace, method }: LogDensityOptions): number {
  const { dimension } = fitted.model
  requireRange(sigmaMin, sigmaMax)
  const wrong = (code: string, message: string, hint: string): ScorefieldError =>
    new ScorefieldError({ kind: 'usage', code: `sampling/${code}`, message, hint })
  if (x.length % dimension !== 0)
    throw wrong(
      'points',
      `${x.length} numbers are not rows of ${dimension}.`,
      `Give points as [n, ${dimension}].`,
    )
  if (trace?.kind === 'probes' && !(Number.isInteger(trace.count) && trace.count >= 2))
    throw wrong(
      'probes',
      `${trace.count} probes were asked for.`,
      'Take 2 or more: their spread tells the error.',
    )
  if (method?.kind === 'fixed' && !(Number.isInteger(method.steps) && method.steps >= 1))
    throw wrong('steps', `${method.steps} steps were asked for.`, 'Give a whole number, 1 or more.')
  const tolerance = method?.kind === 'adaptive' ? (method.tolerance ?? 1) : 1
  if (!(tolerance > 0 && tolerance < Infinity))
    throw wrong('tolerance', `The tolerance is ${tolerance}.`, 'Give a number above 0.')
  return x.length / dimension
}
