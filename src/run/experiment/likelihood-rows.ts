import { programCost, traceProgram } from '../../engine/index.ts'
import { asInputs, conditionTypes, fromInputs } from '../../family/index.ts'
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

/** Work that is spent on the log-densities of an evaluation of pictures, in products: about a minute of two cores. */
const productsOfAll = 2e12
/** Evaluations of the probability flow that a log-density takes, about. */
const usualEvaluations = 60

/**
 * How many rows an evaluation can compute the log-density of, of a network that uses each weight at many places: by the products of
 * one evaluation. None at all, where a single one takes minutes.
 */
export function affordableLikelihoodRows({ model, tracePasses, likelihoodKind }: FittedModel): number {
  const { score } = model.can
  if (likelihoodKind !== 'flow' || !score) return Number.POSITIVE_INFINITY
  const { flops } = programCost(
    traceProgram({
      name: 'score',
      shared: model.parameters,
      inputs: {
        x: { shape: [1, ...model.event], dtype: 'float32' },
        ...(model.levels === 'each' ? { sigma: { shape: [1], dtype: 'float32' } } : {}),
        ...asInputs(conditionTypes(model.conditions, 1)),
      },
      step: ({ shared, inputs }) => {
        const at = {
          x: inputs['x']!,
          sigma: inputs['sigma'],
          conditions: fromInputs(inputs, model.conditions),
        }
        return { outputs: { score: score(shared, at) } }
      },
    }),
  )
  return Math.floor(productsOfAll / ((flops / 2) * (1 + 3 * tracePasses) * usualEvaluations))
}
