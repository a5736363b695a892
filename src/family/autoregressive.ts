import * as f from '../engine/index.ts'
import { inverseOrder, ordered, orderOfNumber, requireOrder } from './column-order.ts'
import { conditionWidth, sideBySide } from './conditions.ts'
import { type Family, likelihoodTraining } from './family.ts'
import { mixtureColumns } from './mixture-columns.ts'
import { type At, type Model, type Values, withDerived } from './model.ts'

/** What an autoregressive model is made of. */
export interface AutoregressiveOptions {
  /** d, the width of a row. */
  readonly columns: number
  /** The columns in the order in which they are modelled; as they stand unless given. */
  readonly order?: readonly number[] | undefined
  /** K, normals of each column's mixture. */
  readonly components: number
  readonly width: number
  readonly layers: number
  /** What rows are conditioned on; nothing unless given. */
  readonly conditions?: f.Named<f.Shape> | undefined
  /** σ_d > 0. */
  readonly sigmaData: number
}

/**
 * p(x) = Π_i p(x_i | the columns before it in the order), each a mixture of K normals by one masked network.
 *
 * The density is exact and takes one pass; making a row goes column by column, each drawn from its mixture, with no more
 * multiplications than that pass. Rows are divided by σ_d inside: log p(x) = log p(x/σ_d) − d ln σ_d.
 * @throws ScorefieldError `family/column-order` where the order is not one of d columns.
 */
export function autoregressiveModel(options: AutoregressiveOptions): Model<'logDensity' | 'generate'> {
  const { columns, conditions, sigmaData } = options
  const order = requireOrder(options.order ?? orderOfNumber(1, columns), columns)
  const back = inverseOrder(order)
  const density = mixtureColumns({ ...options, conditionWidth: conditionWidth(conditions) })
  const logDensity = (p: Values, at: At, count: number): f.Tensor => {
    const unit = f.mul(ordered(at.x, order), 1 / sigmaData)
    const given = sideBySide(at.conditions, conditions)
    return f.sub(density.logDensity(p, unit, given, count), count * Math.log(sigmaData))
  }
  return withDerived({
    event: [columns],
    conditions,
    levels: 'one',
    parameters: density.parameters,
    prefixes: { order, logDensity },
    can: {
      logDensity: (p, at) => logDensity(p, at, columns),
      generate: (p, { choice, noise }, at) => {
        const given = sideBySide(at?.conditions, conditions)
        const unit = density.generate(p, { choice: choice!, noise: noise! }, given)
        return f.mul(ordered(unit, back), sigmaData)
      },
    },
    draws: {
      generate: {
        choice: { of: 'uniform', shape: [columns] },
        noise: { of: 'normal', shape: [columns] },
      },
    },
  })
}

/**
 * Masked autoregressive network with mixtures of normals.
 *
 * Sizes: `width` hidden units in each of `layers` layers; `components`, the normals of each column's mixture; `order` of the
 * columns (`orderOfNumber`).
 */
export const autoregressive: Family = {
  name: 'autoregressive',
  summary: 'column after column, each a mixture of normals given those before it',
  source: 'Germain, Gregor, Murray, Larochelle 2015; Uria, Murray, Larochelle 2013',
  can: ['logDensity', 'energy', 'score', 'generate'],
  levels: 'one',
  objective: 'maximum-likelihood',
  training: likelihoodTraining,
  defaultSize: ({ event, rows }) => ({
    width: f.sizeOf(event) > 3 && rows > 1000 ? 256 : 128,
    layers: 2,
    components: 8,
    order: 1,
  }),
  ordersColumns: true,
  takesConditions: true,
  flattens: true,
  build: ({ event, conditions, sigmaData, size, order }) => {
    const columns = f.sizeOf(event)
    return autoregressiveModel({
      columns,
      conditions,
      order: order ?? orderOfNumber(size['order']!, columns),
      components: size['components']!,
      width: size['width']!,
      layers: size['layers']!,
      sigmaData,
    })
  },
}
