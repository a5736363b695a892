import { checkedPositive, type Description, defineDensity, type ExactDensity } from './density.ts'
import { halfLogTwoPi } from './special.ts'

/**
 * The banana: a Gaussian bent along a parabola, in the plane.  Haario, Saksman & Tamminen 1999.
 * x₁ = width·z₁,  x₂ = thickness·z₂ + bend·(x₁² − width²),  z ~ N(0, I); the Jacobian is width·thickness everywhere:
 * ln p(x) = −½ (x₁/width)² − ½ ((x₂ − bend·(x₁² − width²))/thickness)² − ln(2π·width·thickness).
 * width, thickness > 0. Mean 0; variances width² and thickness² + 2·bend²·width⁴; no correlation.
 */
export function banana(
  options: { width: number; thickness: number; bend: number } & Partial<Description>,
): ExactDensity {
  const width = checkedPositive('width', options.width)
  const thickness = checkedPositive('thickness', options.thickness)
  const { bend } = options
  const logNormaliser = 2 * halfLogTwoPi + Math.log(width * thickness)
  return defineDensity({
    name: options.name ?? 'banana',
    summary: options.summary ?? 'a Gaussian bent along a parabola',
    source: options.source ?? 'Haario, Saksman & Tamminen 1999',
    dimension: 2,
    evaluate(x, at, score, scoreAt) {
      const along = x[at]! / width
      const across = (x[at + 1]! - bend * (x[at]! * x[at]! - width * width)) / thickness
      if (score) {
        score[scoreAt] = -along / width + (across / thickness) * 2 * bend * x[at]!
        score[scoreAt + 1] = -across / thickness
      }
      return -0.5 * (along * along + across * across) - logNormaliser
    },
    sampler: {
      uniforms: 0,
      normals: 2,
      place(_, normal, out, at) {
        const along = width * normal[0]!
        out[at] = along
        out[at + 1] = thickness * normal[1]! + bend * (along * along - width * width)
      },
    },
    mean: () => new Float64Array(2),
    covariance: () => Float64Array.of(width ** 2, 0, 0, thickness ** 2 + 2 * bend ** 2 * width ** 4),
    entropy: () => logNormaliser + 1,
  })
}
