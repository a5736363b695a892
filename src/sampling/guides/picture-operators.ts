import * as f from '../../engine/index.ts'
import { differentiableMap, type Operator } from './operator.ts'
import { separableMap } from './separable-map.ts'

/** A Gaussian kernel reaches so many deviations to each side. */
const reach = 4

/**
 * Pictures [c, h, w] blurred by a Gaussian: y = A x₀ + s z with weights ∝ exp(−t²/2σ²), |t| ≤ 4σ, summing to 1, along rows and columns.
 * What lies outside is the picture mirrored at its edge, so A is symmetric. deviation: σ > 0, in pixels.
 * Throws `sampling/operator`.
 */
export function pictureBlur(event: f.Shape, deviation: number): Operator {
  const [, height, width] = pictureShape(event)
  if (!(deviation > 0 && deviation <= 2 * Math.max(height, width)))
    throw wrong(
      `A blur of ${deviation} pixels is none of a picture of ${width} × ${height}.`,
      'Give its standard deviation in pixels, above 0 and at most twice a side.',
    )
  const blurring = (size: number): number[][] => blurMatrix(size, deviation)
  return separableMap({ name: 'picture-blur', event, down: blurring(height), across: blurring(width) })
}

/**
 * Pictures [c, h, w] made smaller by the means of squares of k × k pixels, [c, h/k, w/k].
 * factor: k, a whole number that divides both sides. Throws `sampling/operator`.
 */
export function pictureShrink(event: f.Shape, factor: number): Operator {
  const [, height, width] = pictureShape(event)
  if (!Number.isInteger(factor) || factor < 1 || height % factor !== 0 || width % factor !== 0)
    throw wrong(
      `Pictures of ${width} × ${height} are not ${factor} times as large as others.`,
      `Give a whole number that divides both sides: ${divisors(height, width).join(', ')}.`,
    )
  const means = (size: number): number[][] =>
    Array.from({ length: size / factor }, (_, i) =>
      Array.from({ length: size }, (_, j) => (Math.floor(j / factor) === i ? 1 / factor : 0)),
    )
  return separableMap({ name: 'picture-shrink', event, down: means(height), across: means(width) })
}

/** Points as they are, with noise alone: y = x₀ + s z. */
export function unchanged(dimension: number): Operator {
  return {
    name: 'unchanged',
    dimension,
    width: dimension,
    isLinear: true,
    isIdentity: true,
    given: {},
    apply: (x) => x,
    solve: (v, { a, b }) => {
      const weights = f.reshape(f.add(a, b), [v.shape[0]!, 1])
      return f.div(v, f.max(f.broadcastTo(weights, v.shape), 1e-20))
    },
  }
}

/**
 * Any differentiable map of points of a shape, such as pictures [c, h, w]: y = A(x₀) + s z.
 * apply: traced, [B, ...event] → [B, ...observed].
 */
export function eventMap(options: {
  readonly event: f.Shape
  /** Shape of what is observed of one point. */
  readonly observed: f.Shape
  readonly apply: (x: f.Tensor) => f.Tensor
}): Operator {
  const { event, observed, apply } = options
  const width = f.sizeOf(observed)
  return differentiableMap({
    dimension: f.sizeOf(event),
    width,
    apply: (x) => f.reshape(apply(f.reshape(x, [x.shape[0]!, ...event])), [x.shape[0]!, width]),
  })
}

/** Row i: the weights of the pixels that pixel i becomes, [n][n]. */
function blurMatrix(size: number, deviation: number): number[][] {
  const radius = Math.ceil(reach * deviation)
  const weights = Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - radius) / deviation) ** 2),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Array.from({ length: size }, (_, i) => {
    const row = new Array<number>(size).fill(0)
    for (const [k, weight] of weights.entries()) row[mirrored(i + k - radius, size)]! += weight / total
    return row
  })
}

/** The place in 0 … n − 1 that is seen at a place beyond, in mirrors at both edges. */
function mirrored(place: number, size: number): number {
  const period = 2 * size
  const within = ((place % period) + period) % period
  return within < size ? within : period - 1 - within
}

function pictureShape(event: f.Shape): readonly [number, number, number] {
  if (event.length === 3) return event as unknown as readonly [number, number, number]
  throw wrong(
    `Points of the shape [${event.join(', ')}] are no pictures.`,
    'Give the shape of a picture: channels, height, width.',
  )
}

function divisors(height: number, width: number): number[] {
  return Array.from({ length: Math.min(height, width) }, (_, k) => k + 1).filter(
    (k) => k > 1 && height % k === 0 && width % k === 0,
  )
}

function wrong(message: string, hint: string): f.ScorefieldError {
  return new f.ScorefieldError({ kind: 'usage', code: 'sampling/operator', message, hint })
}
