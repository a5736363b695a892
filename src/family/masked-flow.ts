import * as f from '../engine/index.ts'
import { valuesUnder, withPrefixes } from '../nn/index.ts'
import { inverseOrder, ordered, orderOfNumber, requireOrder } from './column-order.ts'
import { conditionWidth, sideBySide } from './conditions.ts'
import { type Family, likelihoodTraining } from './family.ts'
import { maskedAffine, stackedReversed } from './masked-affine.ts'
import { mixtureColumns } from './mixture-columns.ts'
import { type Model, withDerived } from './model.ts'

/** What a masked autoregressive flow is made of. */
export interface MaskedFlowOptions {
  /** d, the width of a row. */
  readonly columns: number
  /** The columns in the order that the first block has; as they stand unless given. */
  readonly order?: readonly number[] | undefined
  /** Affine maps in the stack. */
  readonly blocks: number
  /** K, normals of each column's mixture in the base density. */
  readonly components: number
  readonly width: number
  readonly layers: number
  /** What rows are conditioned on; nothing unless given. */
  readonly conditions?: f.Named<f.Shape> | undefined
  /** σ_d > 0. */
  readonly sigmaData: number
}

/**
 * p(x) = p₀(z) |det ∂z/∂x|: a stack of masked affine maps, each with the order of columns reversed, over a column-by-column
 * density p₀ of mixtures. With K = 1 every map and the base are Gaussian: MAF; with more, MAF-MoG, whose base can have
 * modes apart, which no smooth map of one normal has.  Papamakarios, Pavlakou, Murray 2017.
 *
 * The density takes one pass; making rows inverts the maps column by column, with no more multiplications than that pass.
 * @throws ScorefieldError `family/column-order` where the order is not one of d columns.
 */
export function maskedFlowModel(options: MaskedFlowOptions): Model<'logDensity' | 'generate'> {
  const { columns, blocks, conditions, sigmaData } = options
  const order = requireOrder(options.order ?? orderOfNumber(1, columns), columns)
  const back = inverseOrder(order)
  const conditioned = { ...options, conditionWidth: conditionWidth(conditions) }
  const flow = stackedReversed(Array.from({ length: blocks }, () => maskedAffine(conditioned)))
  const base = mixtureColumns(conditioned)
  return withDerived({
    event: [columns],
    conditions,
    levels: 'one',
    parameters: withPrefixes([
      ['flow/', flow.parameters],
      ['base/', base.parameters],
    ]),
    can: {
      logDensity: (values, at) => {
        const unit = f.mul(ordered(at.x, order), 1 / sigmaData)
        const given = sideBySide(at.conditions, conditions)
        const { z, logDet } = flow.forward(valuesUnder('flow/', values), unit, given)
        const logBase = f.withLabel('base', () => base.logDensity(valuesUnder('base/', values), z, given))
        return f.sub(f.add(logBase, logDet), columns * Math.log(sigmaData))
      },
      generate: (values, { choice, noise }, at) => {
        const given = sideBySide(at?.conditions, conditions)
        const z = base.generate(valuesUnder('base/', values), { choice: choice!, noise: noise! }, given)
        const unit = flow.inverse(valuesUnder('flow/', values), z, given)
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
 * Masked autoregressive flow over a mixture base.
 *
 * Sizes: `blocks`, affine maps in the stack, each with the columns the other way round; `width` hidden units in each of
 * `layers` layers of each map and of the base; `components`, the normals of each column's mixture in the base, 1 for a
 * Gaussian one; `order` of the columns (`orderOfNumber`).
 */
export const maskedFlow: Family = {
  name: 'masked-flow',
  summary: 'masked autoregressive flow: affine maps of column after column, stacked over mixtures',
  source: 'Papamakarios, Pavlakou, Murray 2017',
  can: ['logDensity', 'energy', 'score', 'generate'],
  levels: 'one',
  objective: 'maximum-likelihood',
  training: likelihoodTraining,
  defaultSize: () => ({ blocks: 4, width: 128, layers: 2, components: 8, order: 1 }),
  ordersColumns: true,
  takesConditions: true,
  flattens: true,
  build: ({ event, conditions, sigmaData, size, order }) => {
    const columns = f.sizeOf(event)
    return maskedFlowModel({
      columns,
      conditions,
      order: order ?? orderOfNumber(size['order']!, columns),
      blocks: size['blocks']!,
      components: size['components']!,
      width: size['width']!,
      layers: size['layers']!,
      sigmaData,
    })
  },
}
