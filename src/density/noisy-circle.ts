import {
  checkedNoising,
  checkedPositive,
  type Description,
  defineDensity,
  type ExactDensity,
  noisedName,
} from './density.ts'
import { halfLogTwoPi, scaledBesselI } from './special.ts'

/**
 * A point uniform on a circle about the origin, plus isotropic Gaussian noise, in the plane.
 * p(x) = exp(−(r² + R²)/(2σ²)) I₀(rR/σ²) / (2πσ²), r = |x|: exactly normalised, and exact when noised
 * further.
 * radius R ≥ 0, std σ > 0. (Not a Gaussian in r: such a ring's normaliser has no simple form, and noise
 * breaks it.)
 */
export function noisyCircle(options: { radius: number; std: number } & Partial<Description>): ExactDensity {
  const { radius } = options
  const std = checkedPositive('the std of a noisy circle', options.std)
  const variance = std * std
  const { name = 'noisy-circle', summary = 'a circle with Gaussian noise', source = 'standard' } = options
  return defineDensity({
    name,
    summary,
    source,
    dimension: 2,
    evaluate(x, at, score, scoreAt) {
      const r = Math.hypot(x[at]!, x[at + 1]!)
      const bessel0 = scaledBesselI(0, (r * radius) / variance)
      if (score) {
        // d/dr of −(r² + R²)/(2σ²) + ln I₀, and I₀′ = I₁; at the origin the direction is immaterial.
        const ratio = scaledBesselI(1, (r * radius) / variance) / bessel0
        const pull = r > 0 ? (radius * ratio) / r - 1 : 0
        score[scoreAt] = (pull * x[at]!) / variance
        score[scoreAt + 1] = (pull * x[at + 1]!) / variance
      }
      return Math.log(bessel0) - (r - radius) ** 2 / (2 * variance) - 2 * (halfLogTwoPi + Math.log(std))
    },
    sampler: {
      uniforms: 1,
      normals: 2,
      place(uniform, normal, out, at) {
        const angle = 2 * Math.PI * uniform[0]!
        out[at] = radius * Math.cos(angle) + std * normal[0]!
        out[at + 1] = radius * Math.sin(angle) + std * normal[1]!
      },
    },
    noised(noising) {
      const more = checkedNoising(noising)
      return noisyCircle({
        radius: more.alpha * radius,
        std: Math.hypot(more.alpha * std, more.std),
        name: noisedName(name, noising),
        summary,
        source,
      })
    },
    mean: () => new Float64Array(2),
    covariance: () => {
      const each = (radius * radius) / 2 + variance
      return Float64Array.of(each, 0, 0, each)
    },
  })
}
