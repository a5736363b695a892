import {
  baselines,
  compareLogDensities,
  type FittedDensity,
  meanOverRows,
  rowsOf,
} from '../../evaluation/index.ts'
import type { JudgedRows } from '../experiment/judged-rows.node.ts'
import { bitsPerDimension, logDensities } from '../experiment/log-densities.ts'
import type { OpenedModel } from '../experiment/open-model.node.ts'

import type { LikelihoodComparison } from './judge.ts'

/** A simple density that the model is held against. */
export interface FittedBaseline {
  readonly name: string
  readonly density: FittedDensity
}

/** The simple densities, fitted to the training rows; those that would take minutes of so many columns are left out. */
export function fittedBaselines(
  { fitted }: OpenedModel,
  training: JudgedRows,
  seed: number,
): FittedBaseline[] {
  const { dimension } = fitted
  const rows = rowsOf({ values: training.encoded, dimension, what: 'training rows' })
  return baselines
    .filter(({ mostColumns }) => dimension <= mostColumns)
    .map((baseline) => ({ name: baseline.name, density: baseline.fit({ rows, seed }) }))
}

/** Log-likelihood of unseen rows under the model and its baselines, paired by row. */
export async function compareLikelihood(
  opened: OpenedModel,
  rivals: readonly FittedBaseline[],
  heldOut: JudgedRows,
  options: {
    rows: number
    signal?: AbortSignal | undefined
    onProgress?: (done: number, total: number) => void
  },
): Promise<LikelihoodComparison> {
  const { dimension } = opened.fitted
  const count = Math.min(options.rows, heldOut.count)
  const x = everyRow(heldOut.encoded, dimension, heldOut.count, count)
  const { logDensity } = await logDensities(opened, x, options)
  const jacobian = opened.encoding.logDeterminant(x, count)
  const points = Float64Array.from(x)
  return {
    ...(opened.fitted.likelihoodKind === 'bound' ? { isBound: true } : {}),
    model: meanOverRows(logDensity),
    ...(opened.encoding.isDiscrete
      ? { logCell: meanOverRows(opened.encoding.logCells(x, count)).value }
      : {}),
    ...(opened.encoding.bitsOver === undefined
      ? {}
      : {
          bitsPerDimension: meanOverRows(
            logDensity.map((value) => bitsPerDimension(value, opened.encoding.bitsOver!)),
          ),
        }),
    baselines: rivals.map(({ name, density }) => {
      const values = density.logDensity(points).map((value, i) => value + jacobian[i]!)
      return {
        name,
        summary: density.summary,
        logDensity: meanOverRows(values),
        advantage: compareLogDensities({ model: logDensity, baseline: values }),
      }
    }),
  }
}

/** `wanted` of `count` rows, evenly spread. */
function everyRow(rows: Float32Array, dimension: number, count: number, wanted: number): Float32Array {
  const chosen = new Float32Array(wanted * dimension)
  for (let i = 0; i < wanted; i++) {
    const row = Math.floor((i * count) / wanted)
    chosen.set(rows.subarray(row * dimension, (row + 1) * dimension), i * dimension)
  }
  return chosen
}
