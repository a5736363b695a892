import { quantileNormal } from '../../data/index.ts'
import { defineDensity, gaussian } from '../../density/index.ts'
import { columnOf } from '../rows.ts'
import type { Baseline, FittedDensity } from './baseline.ts'
import { shrunkCorrelations } from './shrinkage.ts'

/**
 * Any marginals, and the dependence of a Gaussian: z_k = T_k(x_k), z ~ N(0, R).
 * ln p(x) = ln N(T(x); 0, R) + Σ_k ln T_k′(x_k), exactly, as every T_k is an increasing, once differentiable map of the line onto
 * itself. Sklar 1959; Liu, Lafferty & Wasserman 2009.
 * T_k is the marginal estimator: the monotone spline through normal scores of about √n quantiles, with linear (so Gaussian)
 * tails, that tables are encoded by. R: correlations of the z, shrunk as in Schäfer & Strimmer 2005. A column that does not
 * vary is taken as N(its value, 1).
 */
export const gaussianCopulaBaseline: Baseline = {
  name: 'gaussian-copula',
  mostColumns: 1024,
  summary: 'smooth marginals of any shape, joined as in a Gaussian',
  source: 'Sklar 1959; Liu, Lafferty & Wasserman 2009',
  fit: ({ rows }) => {
    const { dimension } = rows
    const marginals = Array.from({ length: dimension }, (_, c) => marginalOf(columnOf(rows, c)))
    const normalScores = toColumns(rows.values, marginals, (marginal, column) => marginal.encode(column))
    const { matrix, intensity } = shrunkCorrelations({ ...rows, values: normalScores })
    const dependence = gaussian({ mean: new Float64Array(dimension), covariance: matrix })
    const description = {
      name: gaussianCopulaBaseline.name,
      summary: `${gaussianCopulaBaseline.summary}; correlations shrunk by ${intensity.toPrecision(2)}`,
      source: gaussianCopulaBaseline.source,
    }
    const latent = defineDensity({ ...dependence, ...description })
    const fitted: FittedDensity = {
      ...description,
      dimension,
      logDensity: (x) => {
        const z = toColumns(x, marginals, (marginal, column) => marginal.encode(column))
        const slopes = toColumns(z, marginals, (marginal, column) => marginal.logDerivative(column))
        return latent.logDensity(z).map((logDensity, row) => {
          const jacobian = slopes.subarray(row * dimension, (row + 1) * dimension)
          return jacobian.reduce((sum, slope) => sum + slope, logDensity)
        })
      },
      sample: (range) =>
        toColumns(latent.sample(range), marginals, (marginal, column) => marginal.decode(column)),
    }
    return fitted
  },
}

/** The map of one column to its normal scores; all functions take and give [n]. */
interface Marginal {
  readonly encode: (values: Float64Array) => Float64Array
  readonly decode: (scores: Float64Array) => Float64Array
  /** ln T′ at the point of these scores. */
  readonly logDerivative: (scores: Float64Array) => Float64Array
}

function marginalOf(column: Float64Array): Marginal {
  const centre = column[0]!
  if (column.every((value) => value === centre))
    return {
      encode: (values) => values.map((value) => value - centre),
      decode: (scores) => scores.map((score) => score + centre),
      logDerivative: (scores) => new Float64Array(scores.length),
    }
  const fitted = quantileNormal.fit(column, { resolution: undefined, dequantised: false })
  return {
    encode: (values) => fitted.encode(values),
    decode: (scores) => fitted.decode(scores, scores.length),
    logDerivative: (scores) => fitted.logDerivative(scores, scores.length),
  }
}

/** Applies each column's map to its column: [n, d] → [n, d]. */
function toColumns(
  values: Float64Array,
  marginals: readonly Marginal[],
  apply: (marginal: Marginal, column: Float64Array) => Float64Array,
): Float64Array {
  const dimension = marginals.length
  const rows = { values, count: values.length / dimension, dimension }
  const result = new Float64Array(values.length)
  marginals.forEach((marginal, c) => {
    apply(marginal, columnOf(rows, c)).forEach((value, row) => {
      result[row * dimension + c] = value
    })
  })
  return result
}
