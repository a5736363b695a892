/**
 * A strictly increasing, continuously differentiable map of the line: rational quadratic between knots, linear beyond.
 *
 * Gregory & Delbourgo 1982, in the form of Durkan et al. 2019 (neural spline flows, eqs. 4 to 8). Its inverse and its
 * derivative are closed forms of +, −, ×, ÷ and √, so they are the same bits on every platform.
 * x, z: knots, strictly increasing, two or more. slope: dz/dx at each knot, positive; the tails keep the end slopes.
 */
export interface MonotoneSpline {
  readonly x: readonly number[]
  readonly z: readonly number[]
  readonly slope: readonly number[]
}

/** The index i of the piece [knots[i], knots[i + 1]] that holds `value`; −1 below all knots, knots.length − 1 above. */
function pieceOf(knots: readonly number[], value: number): number {
  let low = -1
  let high = knots.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (knots[middle]! <= value) low = middle
    else high = middle
  }
  return low
}

/** z at `value`. */
export function splineForward(spline: MonotoneSpline, value: number): number {
  const { x, z, slope } = spline
  const last = x.length - 1
  const i = pieceOf(x, value)
  if (i < 0) return z[0]! + slope[0]! * (value - x[0]!)
  if (i >= last) return z[last]! + slope[last]! * (value - x[last]!)
  const width = x[i + 1]! - x[i]!
  const height = z[i + 1]! - z[i]!
  const secant = height / width
  const theta = (value - x[i]!) / width
  const bump = theta * (1 - theta)
  const bend = slope[i]! + slope[i + 1]! - 2 * secant
  return z[i]! + (height * (secant * theta * theta + slope[i]! * bump)) / (secant + bend * bump)
}

/** Where in its piece the point of height `encoded` lies: the piece's index and θ in [0, 1]. */
function locate(spline: MonotoneSpline, i: number, encoded: number): number {
  const { x, z, slope } = spline
  const height = z[i + 1]! - z[i]!
  const secant = height / (x[i + 1]! - x[i]!)
  const rise = encoded - z[i]!
  const bend = slope[i]! + slope[i + 1]! - 2 * secant
  const a = height * (secant - slope[i]!) + rise * bend
  const b = height * slope[i]! - rise * bend
  const c = -secant * rise
  // The root that does not cancel; the discriminant is positive but for rounding.
  const theta = (2 * c) / (-b - Math.sqrt(Math.max(0, b * b - 4 * a * c)))
  return Math.min(1, Math.max(0, theta))
}

/** The value whose z is `encoded`: the inverse of `splineForward`. */
export function splineInverse(spline: MonotoneSpline, encoded: number): number {
  const { x, z, slope } = spline
  const last = x.length - 1
  const i = pieceOf(z, encoded)
  if (i < 0) return x[0]! + (encoded - z[0]!) / slope[0]!
  if (i >= last) return x[last]! + (encoded - z[last]!) / slope[last]!
  return x[i]! + (x[i + 1]! - x[i]!) * locate(spline, i, encoded)
}

/** dz/dx at the point whose z is `encoded`. */
export function splineDerivative(spline: MonotoneSpline, encoded: number): number {
  const { x, z, slope } = spline
  const last = x.length - 1
  const i = pieceOf(z, encoded)
  if (i < 0) return slope[0]!
  if (i >= last) return slope[last]!
  const secant = (z[i + 1]! - z[i]!) / (x[i + 1]! - x[i]!)
  const theta = locate(spline, i, encoded)
  const bump = theta * (1 - theta)
  const bend = slope[i]! + slope[i + 1]! - 2 * secant
  const numerator =
    secant * secant * (slope[i + 1]! * theta ** 2 + 2 * secant * bump + slope[i]! * (1 - theta) ** 2)
  return numerator / (secant + bend * bump) ** 2
}

/**
 * The spline through knots, with slopes from the neighbouring secants: their weighted harmonic mean.
 *
 * Fritsch & Butland 1984: it lies between the smaller secant and three times it, so a flat piece stays flat.
 */
export function splineThrough(x: readonly number[], z: readonly number[]): MonotoneSpline {
  const last = x.length - 1
  const secants = Array.from({ length: last }, (_, i) => (z[i + 1]! - z[i]!) / (x[i + 1]! - x[i]!))
  const slope = x.map((_, i) => {
    if (i === 0) return secants[0]!
    if (i === last) return secants[last - 1]!
    const before = x[i]! - x[i - 1]!
    const after = x[i + 1]! - x[i]!
    const weight = (before + 2 * after) / (3 * (before + after))
    return 1 / (weight / secants[i - 1]! + (1 - weight) / secants[i]!)
  })
  return { x, z, slope }
}
