import { type Named, type Runtime, type Shape, sizeOf } from '../../engine/index.ts'
import { type Model, requireAbilities, withDerived } from '../../family/index.ts'
import { checkedConditions, type GivenConditions } from '../conditions.ts'
import { drawsOf } from '../methods/batches.ts'
import { RowProgram } from '../row-program.ts'
import { wrong } from './checked-points.ts'
import type { LogDensities } from './log-density.ts'

/** Points of one call, at most. */
const callRows = 512
/** Draws that a bound averages over unless told, each of as many importance samples as the model takes. */
const usualDraws = 32

/**
 * log p(x) of a model that computes it itself, or its lower bound, nats.
 *
 * The bound is averaged over K draws, 32 unless told: log of the mean of their exponentials, an importance-weighted bound over all of them (Burda,
 * Grosse, Salakhutdinov 2016); its standard error is that of the mean weight, by the delta method. It rises to log p(x) with K. x: [n, d].
 * Draws of point i depend on (0, i) only.
 */
export async function ownLogDensity(options: {
  readonly model: Model
  readonly values: Named<ArrayLike<number>>
  readonly x: ArrayLike<number>
  /** What the points are conditioned on, or one value for all of them; needed where the model takes conditions. */
  readonly conditions?: GivenConditions | undefined
  /** K ≥ 2 of a bound. */
  readonly draws?: number | undefined
  readonly runtime?: Runtime | undefined
  /** Stops the run before it begins and between two calls of the runtime, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}): Promise<LogDensities> {
  const { values, x, runtime, signal, onProgress } = options
  signal?.throwIfAborted()
  const model = withDerived(options.model)
  const exact = model.can.logDensity !== undefined && model.levels === 'one'
  const { draws: boundDraws = usualDraws } = options
  if (!(Number.isInteger(boundDraws) && boundDraws >= 2))
    throw wrong(
      'draws',
      `${boundDraws} draws were asked for.`,
      'Give 2 or more: their spread tells the error.',
    )
  const count = x.length / sizeOf(model.event)
  checkedConditions(options.conditions, count, model.conditions)
  const drawn = exact ? {} : (model.draws?.bound ?? {})
  const beside = Object.fromEntries(
    Object.entries(drawn).map(([name, { shape }]): [string, Shape] => [name, shape]),
  )
  const who = { family: 'of this model', asks: 'A log-density' }
  const program = await RowProgram.open({
    ...{ name: exact ? 'log-density' : 'bound', model, values, beside, runtime },
    most: Math.min(callRows, Math.max(1, count)),
    compute: (parameters, at, draws) => ({
      log: exact
        ? requireAbilities(model, ['logDensity'], who).can.logDensity(parameters, at)
        : requireAbilities(model, ['bound'], who).can.bound(parameters, at, draws),
    }),
  })
  const times = exact ? 1 : boundDraws
  try {
    const found: Float64Array[] = []
    for (let draw = 0; draw < times; draw++) {
      const { log } = await program.run({
        ...{ x, conditions: options.conditions, signal },
        beside: ({ start, count: rows }) => drawsOf(drawn, { seed: draw, first: start, count: rows }),
        onRows: (done) => onProgress?.(Math.floor((draw * count + done) / times), count),
      })
      found.push(log!)
    }
    const means = Array.from({ length: count }, (_, row) =>
      meanOfExponentials(found.map((values) => values[row]!)),
    )
    return {
      logDensity: Float64Array.from(means, ({ log }) => log),
      standardError: Float64Array.from(means, ({ standardError }) => standardError),
      solverError: new Float64Array(count),
      evaluations: new Int32Array(count).fill(times),
    }
  } finally {
    await program.dispose()
  }
}

/** ln mean exp of the values, and its standard error: deviation of the weights over their mean, / √n; 0 for one value. */
function meanOfExponentials(values: readonly number[]): { log: number; standardError: number } {
  const largest = Math.max(...values)
  const weights = values.map((value) => Math.exp(value - largest))
  const n = weights.length
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / n
  const squares = weights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0)
  return {
    log: largest + Math.log(mean),
    standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) / mean : 0,
  }
}
