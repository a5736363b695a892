import { RandomStream, ScorefieldError } from '../../base/index.ts'
import { type RatioOfMeans, ratioOfMeans } from '../statistics/ratio-of-means.ts'
import { Field, type FieldAsked } from './field.ts'

/** Columns up to which all d directions are taken. */
const mostExact = 16
/** Directions at each point where columns are more. */
const usualProbes = 8

/** How far a field is from a gradient. */
export interface Conservativity extends RatioOfMeans {
  /** Whether each point's share is exact: then the standard error is that of drawing the points alone. */
  readonly exact: boolean
  /** Directions at each point. */
  readonly directions: number
  /** n. */
  readonly points: number
}

/**
 * How far a score is from the gradient of any function: E‖J v − Jᵀ v‖² / E‖J v‖², J = ∂s/∂x, over points and directions v
 * with E v vᵀ = I; that is E‖J − Jᵀ‖_F² / E‖J‖_F², by the Frobenius norm.
 *
 * 0 for a gradient, whose J is a matrix of second derivatives and so symmetric: the score of an energy, a flow or any density.
 * With J = S + A, symmetric and antisymmetric, it is 4‖A‖²/(‖S‖² + ‖A‖²): 2 where both weigh the same, and 4 for a field that
 * only turns. A free network can be anything in between; what it then follows is no density's score.
 * Up to 16 columns all directions are taken; else `probes` of them at each point, signs ±1 by (seed, index of the point).
 * Hutchinson 1989 (probes).
 *
 * Float32 bounds it from below at small noise levels, where a denoiser's D − x is a difference of nearly equal numbers: for the
 * exact gradient of data of variance 1 it is some (10⁻⁷/σ²)² then, 10⁻⁸ at σ = 0.03.
 * @throws ScorefieldError `family/cannot` where the model has no score, `evaluation/noise-level`, `evaluation/shape`,
 * `evaluation/not-finite`, `evaluation/too-few-rows` below 2 points, `evaluation/no-field` where J is 0 at every point.
 */
export async function conservativity(
  asked: FieldAsked & {
    /** Directions at each point; all d of them up to 16 columns, else 8, unless given. */
    readonly probes?: number | undefined
    /** Of the directions; 0 unless given. */
    readonly seed?: number | undefined
  },
): Promise<Conservativity> {
  requireProbes(asked.probes)
  const field = await Field.open(asked, 'derivatives')
  try {
    const { count, dimension } = field.points
    if (count < 2)
      throw new ScorefieldError({
        kind: 'data',
        code: 'evaluation/too-few-rows',
        message: `A standard error needs two points or more; there are ${count}.`,
      })
    const exact = asked.probes === undefined && dimension <= mostExact
    const directions = exact ? dimension : (asked.probes ?? usualProbes)
    const stream = new RandomStream({ seed: asked.seed ?? 0, name: 'evaluation/field' })
    const [turning, all] = [new Float64Array(count), new Float64Array(count)]
    for (let k = 0; k < directions; k++) {
      // Over all d unit vectors the sums are the Frobenius norms themselves.
      const v = exact
        ? Float32Array.from({ length: count * dimension }, (_, i) => (i % dimension === k ? 1 : 0))
        : stream.rademacher({ first: 0, count, width: dimension, counter: k })
      const { along, against } = await field.products(v)
      for (let i = 0; i < along.length; i++) {
        const point = Math.floor(i / dimension)
        turning[point]! += (along[i]! - against[i]!) ** 2
        all[point]! += along[i]! ** 2
      }
    }
    if (all.every((square) => square === 0)) throw noField()
    return { ...ratioOfMeans(turning, all, [0, 4]), exact, directions, points: count }
  } finally {
    await field.dispose()
  }
}

function requireProbes(probes: number | undefined): void {
  if (probes === undefined || (Number.isSafeInteger(probes) && probes > 0)) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'evaluation/probes',
    message: `${probes} probes cannot be drawn.`,
    hint: 'Give a whole number from 1.',
  })
}

function noField(): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'evaluation/no-field',
    message:
      'The score is the same at all places near each point: its derivative is 0, and a share of it has no value.',
    hint: 'Look whether the model was trained, and give points where it has learned something.',
  })
}
