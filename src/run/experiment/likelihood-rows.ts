import { parameterCount } from '../../nn/index.ts'
import type { FittedModel } from './fitted-model.ts'

/** Work that is spent on the log-densities of an evaluation: about half a minute of two cores. */
const workOfAll = 2.3e10
/** Rows, at least: fewer say little. */
const fewestRows = 256

/**
 * How many rows an evaluation computes the log-density of, unless told: by the work of one, so that it does not depend on the
 * machine. One evaluation of network and trace touches each of the P parameters 1 + 3k times, k being the reverse passes.
 */
export function likelihoodRows({ model, tracePasses, likelihoodKind }: FittedModel): number {
  if (likelihoodKind !== 'flow') return Number.POSITIVE_INFINITY
  const workOfRow = parameterCount(model.parameters) * (1 + 3 * tracePasses)
  return Math.max(fewestRows, Math.floor(workOfAll / workOfRow))
}
