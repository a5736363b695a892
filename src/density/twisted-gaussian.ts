import { checkedPositive, type Description, defineDensity, type ExactDensity } from './density.ts'
import { halfLogTwoPi } from './special.ts'

/**
 * One arm of a pinwheel: a Gaussian beside the origin, turned by an angle that grows with the radius.
 * y = (centre + radialStd·z₁, tangentialStd·z₂), z ~ N(0, I);  x = size · R(angle + rate·e^{|y|}) y.
 * Turning by an angle that depends on the radius alone keeps area and radius, so the Jacobian is size² and
 * y = R(−angle − rate·e^{|x|/size}) x/size:
 * ln p(x) = ln N(y₁; centre, radialStd²) + ln N(y₂; 0, tangentialStd²) − 2 ln size.
 * angle: radians. centre, radialStd, tangentialStd, size > 0.
 */
export function twistedGaussian(
  options: {
    angle: number
    centre: number
    radialStd: number
    tangentialStd: number
    rate: number
    size: number
  } & Partial<Description>,
): ExactDensity {
  const { angle, centre, rate } = options
  const radialStd = checkedPositive('radialStd', options.radialStd)
  const tangentialStd = checkedPositive('tangentialStd', options.tangentialStd)
  const size = checkedPositive('size', options.size)
  const logNormaliser = 2 * halfLogTwoPi + Math.log(radialStd * tangentialStd) + 2 * Math.log(size)
  const turnAt = (radius: number): number => angle + rate * Math.exp(radius)
  return defineDensity({
    name: options.name ?? 'twisted-gaussian',
    summary: options.summary ?? 'a Gaussian turned by an angle that grows with the radius',
    source: options.source ?? 'after Johnson et al. 2016',
    dimension: 2,
    evaluate(x, at, score, scoreAt) {
      const x1 = x[at]! / size
      const x2 = x[at + 1]! / size
      const radius = Math.hypot(x1, x2)
      const turn = turnAt(radius)
      const cos = Math.cos(turn)
      const sin = Math.sin(turn)
      const y1 = cos * x1 + sin * x2
      const y2 = cos * x2 - sin * x1
      const radial = (y1 - centre) / radialStd
      const tangential = y2 / tangentialStd
      if (score) {
        // ∂y/∂x = R(−turn) + (y₂, −y₁)ᵀ ∇turn: turning the frame by a little more moves y along (y₂, −y₁).
        const g1 = -radial / radialStd
        const g2 = -tangential / tangentialStd
        const perTurn = g1 * y2 - g2 * y1
        const turnSlope = radius > 0 ? (rate * Math.exp(radius)) / radius : 0
        score[scoreAt] = (cos * g1 - sin * g2 + perTurn * turnSlope * x1) / size
        score[scoreAt + 1] = (sin * g1 + cos * g2 + perTurn * turnSlope * x2) / size
      }
      return -0.5 * (radial * radial + tangential * tangential) - logNormaliser
    },
    sampler: {
      uniforms: 0,
      normals: 2,
      place(_, normal, out, at) {
        const y1 = centre + radialStd * normal[0]!
        const y2 = tangentialStd * normal[1]!
        const turn = turnAt(Math.hypot(y1, y2))
        out[at] = size * (Math.cos(turn) * y1 - Math.sin(turn) * y2)
        out[at + 1] = size * (Math.sin(turn) * y1 + Math.cos(turn) * y2)
      },
    },
    entropy: () => logNormaliser + 1,
  })
}
