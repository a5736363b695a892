import { ScorefieldError } from '../base/index.ts'
import type { Estimate } from './statistics/estimate.ts'
import { studentTQuantile } from './statistics/student-t.ts'

/** The mean of a figure over rows with its standard error and 95 % t interval. */
export interface RowMean extends Estimate {
  readonly standardError: number
  readonly rows: number
}

/**
 * The mean log-density of held-out rows, nats a row: value ± t_{n−1}·s/√n.
 * logDensities: [n], n ≥ 2. Throws `evaluation/not-finite` (naming the row) and `evaluation/too-few-rows`.
 */
export function meanOverRows(logDensities: ArrayLike<number>): RowMean {
  const values = Float64Array.from(logDensities)
  const rows = values.length
  if (rows < 2)
    throw new ScorefieldError({
      kind: 'data',
      code: 'evaluation/too-few-rows',
      message: `A standard error needs two rows or more; there are ${rows}.`,
    })
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw new ScorefieldError({
      kind: 'data',
      code: 'evaluation/not-finite',
      message: `A log-density, or a difference of two, is ${values[bad]}.`,
      where: `row ${bad}, counted from 0`,
      hint: 'A row outside the support of a density has log-density −∞, and no mean is finite with it.',
    })
  const value = values.reduce((sum, x) => sum + x / rows, 0)
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0)
  const standardError = Math.sqrt(squares / (rows - 1) / rows)
  const half = studentTQuantile(0.975, rows - 1) * standardError
  return { value, low: value - half, high: value + half, standardError, rows }
}

/**
 * How much more log-density `model` gives the same held-out rows than `baseline`, nats a row: the mean of the paired
 * differences with its t interval. Pairing cancels what makes a row easy or hard for both.
 * model, baseline: ln p of the same rows in the same units, [n].
 */
export function compareLogDensities(options: {
  readonly model: ArrayLike<number>
  readonly baseline: ArrayLike<number>
}): RowMean {
  const { model, baseline } = options
  if (model.length !== baseline.length)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'evaluation/shape',
      message: `${model.length} log-densities cannot be paired with ${baseline.length}.`,
      hint: 'Evaluate both densities at the same rows.',
    })
  return meanOverRows(Float64Array.from(model, (value, row) => value - baseline[row]!))
}
