import { type Curve, type CurvePanels, curvePanels } from './curve-panels.ts'
import {
  checkedNoising,
  checkedPositive,
  type Description,
  defineDensity,
  type ExactDensity,
  noisedName,
} from './density.ts'
import { halfLogTwoPi } from './special.ts'

/**
 * What a panel may add before it is left out, in nats below the largest possible panel: e⁻⁴⁵ is far below
 * rounding.
 */
const negligible = 45

/**
 * A random point of a curve, shrunk by `scale`, plus isotropic Gaussian noise:
 * p(x) = ∫ N(x; scale·c(t), σ²I) q(t) dt, by composite Gauss–Legendre quadrature with 16 nodes on each piece
 * no longer than σ; only pieces near x are summed. Relative error below 1e-12 for x within 15σ of the curve.
 * As noise adds to noise, it is exact when noised further. scale ≥ 0, std σ > 0.
 */
export function noisyCurve(
  options: { curve: Curve; std: number; scale?: number } & Partial<Description>,
): ExactDensity {
  const { curve, scale = 1 } = options
  const { dimension } = curve
  const std = checkedPositive('the std of a noisy curve', options.std)
  const variance = std * std
  const logNormaliser = dimension * (halfLogTwoPi + Math.log(std))
  const { name = 'noisy-curve', summary = 'a curve with Gaussian noise', source = 'standard' } = options
  let cached: CurvePanels | undefined
  const panelsOf = (): CurvePanels => {
    cached ??= curvePanels(curve, scale, std) // on first use: many a density is only listed or sampled
    return cached
  }
  const pull = new Float64Array(dimension)

  return defineDensity({
    name,
    summary,
    source,
    dimension,
    evaluate(x, at, score, scoreAt) {
      const panels = panelsOf()
      const { points, weights, distances } = panels
      const nearest = panels.near(x, at, Math.sqrt(2 * negligible) * std)
      const rate = 1 / (2 * variance)
      let mass = 0
      pull.fill(0)
      for (let n = 0; n < panels.nearCount; n++) {
        const node = panels.nearNodes[n]!
        const weight = weights[node]! * Math.exp((nearest - distances[n]!) * rate)
        mass += weight
        if (score)
          for (let k = 0; k < dimension; k++)
            pull[k]! += weight * (points[node * dimension + k]! - x[at + k]!)
      }
      if (score) for (let k = 0; k < dimension; k++) score[scoreAt + k] = pull[k]! / (mass * variance)
      return Math.log(mass) - nearest / (2 * variance) - logNormaliser
    },
    sampler: {
      uniforms: 1,
      normals: dimension,
      place(uniform, normal, out, at) {
        const point = curve.point(curve.quantile(uniform[0]!))
        for (let k = 0; k < dimension; k++) out[at + k] = scale * point[k]! + std * normal[k]!
      },
    },
    noised(noising) {
      const more = checkedNoising(noising)
      return noisyCurve({
        curve,
        scale: more.alpha * scale,
        std: Math.hypot(more.alpha * std, more.std),
        name: noisedName(name, noising),
        summary,
        source,
      })
    },
    mean: () => curveMean(panelsOf(), dimension),
    covariance: () => {
      const { points, weights } = panelsOf()
      const mean = curveMean(panelsOf(), dimension)
      const covariance = new Float64Array(dimension * dimension)
      for (let row = 0; row < dimension; row++)
        for (let column = 0; column < dimension; column++)
          covariance[row * dimension + column] = weights.reduce(
            (sum, weight, node) =>
              sum +
              weight *
                (points[node * dimension + row]! - mean[row]!) *
                (points[node * dimension + column]! - mean[column]!),
            row === column ? variance : 0,
          )
      return covariance
    },
  })
}

function curveMean({ points, weights }: CurvePanels, dimension: number): Float64Array {
  const mean = new Float64Array(dimension)
  weights.forEach((weight, node) => {
    for (let k = 0; k < dimension; k++) mean[k]! += weight * points[node * dimension + k]!
  })
  return mean
}
