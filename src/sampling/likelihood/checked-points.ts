import { ScorefieldError } from '../../engine/index.ts'
import { requireRange } from '../grids/grid.ts'
import { type DataMoments, meanVariance } from './prior.ts'

/**
 * How many points there are, [n, d].
 * @throws ScorefieldError `sampling/range`, `sampling/points`, `sampling/moments`, `sampling/draws`.
 */
export function checkedPoints(options: {
  readonly x: ArrayLike<number>
  readonly dimension: number
  readonly sigmaMin: number
  readonly sigmaMax: number
  readonly moments?: DataMoments | undefined
  /** Whether the variance of the moments must be above 0. */
  readonly varied?: boolean
  readonly draws?: number
  readonly multipleOf?: number
}): number {
  const { x, dimension, sigmaMin, sigmaMax, moments, varied = true, draws, multipleOf = 1 } = options
  requireRange(sigmaMin, sigmaMax)
  if (x.length % dimension !== 0)
    throw wrong(
      'points',
      `${x.length} numbers are not rows of ${dimension}.`,
      `Give points as [n, ${dimension}].`,
    )
  if (moments && moments.mean.length !== dimension)
    throw wrong(
      'moments',
      `The moments are of ${moments.mean.length} columns, the model of ${dimension}.`,
      'Give those of the rows that the model learned from, in its coordinates.',
    )
  if (varied && !(moments && meanVariance(moments) > 0))
    throw wrong(
      'moments',
      'The moments of the data are needed, with a variance above 0.',
      'Give moments, those of the rows that the model learned from; or follow the flow by adaptive steps.',
    )
  if (draws !== undefined && !(Number.isInteger(draws) && draws >= multipleOf && draws % multipleOf === 0))
    throw wrong(
      'draws',
      `${draws} draws were asked for.`,
      multipleOf === 1 ? 'Give a whole number, 1 or more.' : `Give a multiple of ${multipleOf}.`,
    )
  return x.length / dimension
}

/** A wrong option: usage, `sampling/CODE`. */
export function wrong(code: string, message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: `sampling/${code}`, message, hint })
}
