import * as f from '../../engine/index.ts'
import {
  asInputs,
  conditionTypes,
  fromInputs,
  type Model,
  requireAbilities,
  withDerived,
} from '../../family/index.ts'
import { suggestedBatchSize } from '../batch-size.ts'
import { checkedConditions, conditionRows, type GivenConditions } from '../conditions.ts'
import { drawsOf } from '../methods/batches.ts'
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
  readonly values: f.Named<ArrayLike<number>>
  readonly x: ArrayLike<number>
  /** What the points are conditioned on, or one value for all of them; needed where the model takes conditions. */
  readonly conditions?: GivenConditions | undefined
  /** K ≥ 2 of a bound. */
  readonly draws?: number | undefined
  readonly runtime?: f.Runtime | undefined
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
  const dimension = f.sizeOf(model.event)
  const count = x.length / dimension
  const conditions = checkedConditions(options.conditions, count, model.conditions)
  const most = suggestedBatchSize((rows) => evaluation(model, exact, rows))
  const rows = Math.min(callRows, most, Math.max(16, count))
  const program = await f.compile(evaluation(model, exact, rows), {
    runtime,
    loop: false,
  })
  try {
    program.setShared(values)
    const result: LogDensities = {
      logDensity: new Float64Array(count),
      standardError: new Float64Array(count),
      solverError: new Float64Array(count),
      evaluations: new Int32Array(count).fill(exact ? 1 : boundDraws),
    }
    for (let at = 0; at < count; at += rows) {
      const here = Math.min(rows, count - at)
      const batch = new Float32Array(rows * dimension)
      // Rows to spare repeat the last one.
      for (let i = 0; i < rows; i++)
        for (let k = 0; k < dimension; k++)
          batch[i * dimension + k] = x[(at + Math.min(i, here - 1)) * dimension + k]!
      const given = asInputs(conditionRows(conditions, model.conditions, { start: at, count: rows }))
      const found: f.HostArray[] = []
      for (let draw = 0; draw < (exact ? 1 : boundDraws); draw++) {
        signal?.throwIfAborted()
        const drawn = exact ? {} : drawsOf(model.draws?.bound ?? {}, { seed: draw, first: at, count: rows })
        found.push((await program.run({ x: batch, ...drawn, ...given }))['log']!)
      }
      for (let i = 0; i < here; i++) {
        const { log, standardError } = meanOfExponentials(found.map((values) => values[i]!))
        result.logDensity[at + i] = log
        result.standardError[at + i] = standardError
      }
      onProgress?.(at + here, count)
    }
    return result
  } finally {
    await program.dispose()
  }
}

function evaluation(model: Model, exact: boolean, rows: number): f.ProgramSpec {
  const draws = exact ? {} : (model.draws?.bound ?? {})
  const drawn = Object.entries(draws).map(([name, { shape }]): [string, f.TensorType] => [
    name,
    { shape: [rows, ...shape], dtype: 'float32' },
  ])
  const who = { family: 'of this model', asks: 'A log-density' }
  return {
    name: exact ? 'log-density' : 'bound',
    inputs: {
      x: { shape: [rows, ...model.event], dtype: 'float32' },
      ...Object.fromEntries(drawn),
      ...asInputs(conditionTypes(model.conditions, rows)),
    },
    shared: model.parameters,
    step: ({ inputs, shared }) => {
      const at = { x: inputs['x']!, conditions: fromInputs(inputs, model.conditions) }
      const rest = Object.fromEntries(drawn.map(([name]) => [name, inputs[name]!]))
      const log = exact
        ? requireAbilities(model, ['logDensity'], who).can.logDensity(shared, at)
        : requireAbilities(model, ['bound'], who).can.bound(shared, at, rest)
      return { outputs: { log } }
    },
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
