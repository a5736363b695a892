import { gaussLegendre } from './quadrature.ts'

/** ½ ln 2π, minus the log-density of the standard normal at 0. */
export const halfLogTwoPi: number = 0.9189385332046727

const twoOverRootPi = 1.1283791670955126
const rootHalf = Math.SQRT1_2

/**
 * Chebyshev coefficients of (1 + 2x)·erfcx(x) in t = (x − 3)/(x + 3), x ≥ 0 (the substitution of
 * Shepherd & Laframboise 1981); computed to 40 digits, cut below 1e-17.
 */
const erfcxCoefficients: readonly number[] = [
  2.35512514839312, 0.005353904539615676, -0.09377550342284209, 0.05436652555744322, -0.018976596707845208,
  0.004453426061462712, -0.0006335531710553147, 1.7661719523171593e-5, 1.2841532864056671e-5,
  -2.0072285659059913e-6, -1.807522790414837e-7, 7.549828343825093e-8, 1.885668523838603e-9,
  -2.699519049798364e-9, -1.460079119939105e-11, 1.0361607445969489e-10, 1.475715976623473e-12,
  -4.277340064396911e-12, -2.07922492859799e-13, 1.8134502003176963e-13, 1.973425574544739e-14,
  -7.287943737592673e-15, -1.5169878690228116e-15, 2.3514112258781403e-16, 1.0006111691821667e-16,
]

/** Σ′ c_k T_k(t) by Clenshaw's recurrence, the first coefficient halved. */
function chebyshev(coefficients: readonly number[], t: number): number {
  let next = 0
  let afterNext = 0
  for (let k = coefficients.length - 1; k > 0; k--) {
    const current = coefficients[k]! + 2 * t * next - afterNext
    afterNext = next
    next = current
  }
  return coefficients[0]! / 2 + t * next - afterNext
}

/**
 * e^{−x²} to full relative precision: the square is taken in two parts, so that its rounding is not
 * exponentiated.
 */
function expOfMinusSquare(x: number): number {
  const high = Math.fround(x)
  return Math.exp(-high * high) * Math.exp((high - x) * (high + x))
}

/**
 * erfcx(x) = e^{x²} erfc(x), the scaled complementary error function; relative error ≤ 1e-14. Infinity below
 * −26.6.
 */
export function erfcx(x: number): number {
  if (x < 0) return 2 / expOfMinusSquare(x) - erfcx(-x)
  if (x === Infinity) return 0
  return chebyshev(erfcxCoefficients, (x - 3) / (x + 3)) / (1 + 2 * x)
}

/** erf(x) = 2/√π ∫₀ˣ e^{−u²} du; relative error ≤ 1e-14. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x)
  if (x > 1) return 1 - erfc(x)
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return twoOverRootPi * Math.exp(-x * x) * sum
}

/**
 * erfc(x) = 1 − erf(x), without cancellation for large x; relative error ≤ 1e-14 where the result is a normal
 * number.
 */
export function erfc(x: number): number {
  if (x < 0.5) return 1 - erf(x)
  if (x > 27.3) return 0
  return expOfMinusSquare(x) * erfcx(x)
}

/** Φ(x), the standard normal's distribution function; relative error ≤ 1e-14·max(1, x²). */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x * rootHalf)
}

/** ln Φ(x), finite for every finite x; relative error ≤ 1e-14. */
export function logNormalCdf(x: number): number {
  if (x > -1) return Math.log1p(-0.5 * erfc(x * rootHalf))
  return Math.log(0.5 * erfcx(-x * rootHalf)) - 0.5 * x * x
}

/** The standard normal over an interval: its average density (log) and its mean there. */
export interface NormalOverInterval {
  /** ln of (Φ(upper) − Φ(lower))/(upper − lower); for an empty interval, of the density at that point. */
  readonly logAverage: number
  /** E[u | lower < u < upper], u ~ N(0, 1). */
  readonly mean: number
}

const intervalRule = gaussLegendre(24)

/**
 * Average density and conditional mean of N(0, 1) over [lower, upper], free of cancellation: by
 * Gauss–Legendre where the interval is short, by differences of ln Φ in the nearer tail otherwise. Relative
 * error of the average ≤ 1e-13.
 */
export function normalOverInterval(lower: number, upper: number): NormalOverInterval {
  if (lower + upper > 0) {
    const mirrored = normalOverInterval(-upper, -lower)
    return { logAverage: mirrored.logAverage, mean: -mirrored.mean }
  }
  const half = (upper - lower) / 2
  const middle = lower + half
  if (half <= 1 && half * -middle <= 4) {
    // φ(m + s)/φ(m) = exp(−ms − s²/2): nothing is subtracted from anything near it.
    let mass = 0
    let moment = 0
    for (let k = 0; k < intervalRule.nodes.length; k++) {
      const s = half * intervalRule.nodes[k]!
      const weight = 0.5 * intervalRule.weights[k]! * Math.exp(-s * (middle + 0.5 * s))
      mass += weight
      moment += weight * s
    }
    return { logAverage: Math.log(mass) - 0.5 * middle * middle - halfLogTwoPi, mean: middle + moment / mass }
  }
  const logUpper = logNormalCdf(upper)
  const logMass = logUpper + Math.log1p(-Math.exp(logNormalCdf(lower) - logUpper))
  const densityOverMass = (x: number): number => Math.exp(-0.5 * x * x - halfLogTwoPi - logMass)
  return { logAverage: logMass - Math.log(2 * half), mean: densityOverMass(lower) - densityOverMass(upper) }
}

/** ln Σ exp(values), without overflow; −Infinity for an empty list or one of −Infinity only. */
export function logSumExp(values: ArrayLike<number>): number {
  let top = -Infinity
  for (let k = 0; k < values.length; k++) top = Math.max(top, values[k]!)
  if (!Number.isFinite(top)) return top
  let sum = 0
  for (let k = 0; k < values.length; k++) sum += Math.exp(values[k]! - top)
  return top + Math.log(sum)
}

/** Where Stirling's series is used; below, the argument is raised by the recurrence. */
const stirlingFrom = 12

/** B_{2k}/(2k(2k−1)), the coefficients of Stirling's series for ln Γ. */
const stirling: readonly number[] = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
]

/**
 * ln Γ(x), x > 0, by Stirling's series; error ≤ 1e-14·max(1, |ln Γ(x)|), so absolute near the zeros at 1 and
 * 2.
 */
export function logGamma(x: number): number {
  let product = 1
  let y = x
  for (; y < stirlingFrom; y++) product *= y
  let series = 0
  for (let k = stirling.length - 1; k >= 0; k--) series = series / (y * y) + stirling[k]!
  return (y - 0.5) * Math.log(y) - y + halfLogTwoPi + series / y - Math.log(product)
}

/** B_{2k}/(2k), the coefficients of the asymptotic series of ψ. */
const digammaSeries: readonly number[] = [
  1 / 12,
  -1 / 120,
  1 / 252,
  -1 / 240,
  1 / 132,
  -691 / 32760,
  1 / 12,
  -3617 / 8160,
]

/** ψ(x) = d ln Γ/dx, x > 0; error ≤ 1e-14·max(1, |ψ(x)|), so absolute near its zero at 1.4616. */
export function digamma(x: number): number {
  let shift = 0
  let y = x
  for (; y < stirlingFrom; y++) shift += 1 / y
  let series = 0
  for (let k = digammaSeries.length - 1; k >= 0; k--) series = (series + digammaSeries[k]!) / (y * y)
  return Math.log(y) - 0.5 / y - series - shift
}

/**
 * e^{−x} I_order(x), the scaled modified Bessel function of the first kind, x ≥ 0, order 0 or 1; relative
 * error ≤ 1e-14.
 * The power series (all terms positive) up to 40, Hankel's asymptotic series above.
 */
export function scaledBesselI(order: 0 | 1, x: number): number {
  if (x <= 40) {
    const quarter = (x * x) / 4
    let term = order === 0 ? 1 : x / 2
    let sum = term
    for (let k = 1; term > 1e-18 * sum; k++) {
      term *= quarter / (k * (k + order))
      sum += term
    }
    return Math.exp(-x) * sum
  }
  let term = 1
  let sum = 1
  for (let k = 1; Math.abs(term) > 1e-17; k++) {
    term *= -(4 * order * order - (2 * k - 1) ** 2) / (8 * k * x)
    sum += term
  }
  return sum / Math.sqrt(2 * Math.PI * x)
}
