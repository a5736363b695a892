import * as f from '../../engine/index.ts'

/** The bin of a spline that each point lies in, [1, N] each. */
export interface Bin {
  readonly left: f.Tensor
  readonly bottom: f.Tensor
  readonly width: f.Tensor
  readonly height: f.Tensor
  /** 1/s = width/height. */
  readonly inverseSlope: f.Tensor
  /** τ₀ = δ₀/s − 1, of the slope at the left end. */
  readonly tau0: f.Tensor
  readonly tau1: f.Tensor
}

/** Each bin takes at least this share of the box in width and height, and no slope is smaller. Durkan et al. 2019. */
const smallestShare = 1e-3
const smallestSlope = 1e-3
/** Raw numbers are held within ±15, so that their exponentials and sums stay finite however far a point lies. */
const largestRaw = 15

/**
 * Finds the bin of each point on [−T, T], along the widths or the heights, from raw numbers [3K − 1, n, B]; points: [1, n B].
 *
 * width = 2T (10⁻³ + (1 − 10⁻³K) softmax(raw)), height alike, δ = 10⁻³ + softplus(raw + c) with c so that raw = 0 is slope 1.
 * A comparison with the inner knots gives the bin as ones and zeros, without a derivative; sums over the bins, weighted by
 * these, give what belongs to it. So only what was found is divided by the softmax's sum or made a slope, not all K of it.
 */
export function binFinder(options: {
  readonly bins: number
  readonly bound: number
}): (points: f.Tensor, raw: f.Tensor, along: 'widths' | 'heights') => Bin {
  const { bins, bound } = options
  const smallest = 2 * bound * smallestShare
  const free = 2 * bound * (1 - bins * smallestShare)
  const masks = masksOf(bins)
  /** Position of inner knot j + 1 times Σe^raw, from the K exponentials. */
  const knots = matrix(bins - 1, bins, (j, i) => (i <= j ? free : 0) + smallest * (j + 1) - bound)

  return (points, raw, along) => {
    const size = points.shape[1]!
    const ends = f.broadcastTo(f.constant(0), [1, size])
    const held = f.clip(f.concat([f.reshape(raw, [3 * bins - 1, size]), ends], { axis: 0 }), {
      low: -largestRaw,
      high: largestRaw,
    })
    const exponentials = f.reshape(f.exp(held), [3, bins, size])
    const sums = f.sum(exponentials, { axes: [1] }) // [3, N]
    const which = along === 'widths' ? 0 : 1
    const own = f.reshape(at(exponentials, which), [bins, size])
    const { ofBin, belowAndLeft, place } = masks(passedKnots(points, own, at(sums, which)))
    const total = (mask: f.Tensor): f.Tensor =>
      f.sum(f.mul(exponentials, f.broadcastTo(mask, exponentials.shape)), { axes: [1] })
    const here = total(ofBin) // e^raw of width, height and right slope
    const lower = total(belowAndLeft) // of the widths and heights below, and the left slope
    const share = f.div(free, both(sums))
    const sizes = f.add(f.mul(both(here), share), smallest)
    const corner = f.sub(f.mul(place, smallest), bound)
    const starts = f.add(f.mul(both(lower), share), f.broadcastTo(corner, [2, size]))
    const [width, height] = [at(sizes, 0), at(sizes, 1)]
    const inverseSlope = f.div(width, height)
    const slopes = slopeOf(f.concat([at(lower, 2), at(here, 2)], { axis: 0 }))
    const tau = f.sub(f.mul(slopes, f.broadcastTo(inverseSlope, slopes.shape)), 1)
    return {
      left: at(starts, 0),
      bottom: at(starts, 1),
      width,
      height,
      inverseSlope,
      tau0: at(tau, 0),
      tau1: at(tau, 1),
    }
  }

  /** 1 where an inner knot lies at or before the point, [K − 1, N]. */
  function passedKnots(points: f.Tensor, exponentials: f.Tensor, sum: f.Tensor): f.Tensor {
    const scaled = f.matmul(knots, exponentials)
    const point = f.broadcastTo(f.mul(points, sum), scaled.shape)
    return f.stopGradient(f.cast(f.greaterEqual(point, scaled), 'float32'))
  }
}

/** Which of the K bins is the point's, and which lie below it, from p_j = 1 where inner knot j + 1 was passed, [K − 1, N]. */
function masksOf(bins: number): (passed: f.Tensor) => {
  /** [bin = i], [1, K, N]. */
  readonly ofBin: f.Tensor
  /** [i < bin] for widths and for heights, and [i = bin − 1] for slopes, where −1 is the last one; [3, K, N]. */
  readonly belowAndLeft: f.Tensor
  /** The bin's number, [1, N]. */
  readonly place: f.Tensor
} {
  const is = (condition: boolean): number => (condition ? 1 : 0)
  // [bin = i] = p_{i−1} − p_i, with p_{−1} = 1 and p_{K−1} = 0.
  const ofBin = matrix(bins, bins - 1, (i, j) => is(j === i - 1) - is(j === i))
  const ofFirst = matrix(bins, 1, (i) => is(i === 0))
  const belowAndLeft = matrix(3 * bins, bins - 1, (row, j) => {
    const i = row % bins
    if (row < 2 * bins) return is(j === i)
    return i === bins - 1 ? -is(j === 0) : is(j === i) - is(j === i + 1)
  })
  const ofLast = matrix(3 * bins, 1, (row) => is(row === 3 * bins - 1))
  return (passed) => {
    const size = passed.shape[1]!
    const counted = (weights: f.Tensor, offset: f.Tensor): f.Tensor => {
      const product = f.matmul(weights, passed)
      return f.reshape(f.add(product, f.broadcastTo(offset, product.shape)), [-1, bins, size])
    }
    return {
      ofBin: counted(ofBin, ofFirst),
      belowAndLeft: counted(belowAndLeft, ofLast),
      place: f.sum(passed, { axes: [0], keepDims: true }),
    }
  }
}

/** δ from e^raw: 1 where raw is 0. */
function slopeOf(exponential: f.Tensor): f.Tensor {
  return f.add(f.log1p(f.mul(exponential, Math.expm1(1 - smallestSlope))), smallestSlope)
}

/** One of the first axis, which stays: [1, …]. */
function at(x: f.Tensor, index: number): f.Tensor {
  return f.slice(x, { axis: 0, start: index, end: index + 1 })
}

/** Widths and heights, without slopes. */
function both(x: f.Tensor): f.Tensor {
  return f.slice(x, { axis: 0, start: 0, end: 2 })
}

function matrix(rows: number, columns: number, value: (row: number, column: number) => number): f.Tensor {
  const data = Float64Array.from({ length: rows * columns }, (_, index) =>
    value(Math.floor(index / columns), index % columns),
  )
  return f.constant({ shape: [rows, columns], data })
}
