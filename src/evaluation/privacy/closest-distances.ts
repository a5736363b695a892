import type { Neighbours } from '../statistics/box-tree.ts'
import type { Estimate } from '../statistics/estimate.ts'
import { shareEstimate } from '../statistics/shares.ts'
import type { PrivacyFigure } from './figures.ts'

/** Near is what is nearer than all but so many of the training rows are to each other. */
const nearShare = 0.05

/** How far rows are from the closest one. */
export interface Quantiles {
  readonly median: number
  /** Below which one row in twenty lies. */
  readonly low: number
}

/** Who is near to whom: synthetic and held-out rows to training rows, and training rows to each other, where each finds itself. */
export interface Closest {
  /** Two neighbours of each, at least. */
  readonly synthetic: Neighbours
  readonly heldOut: Neighbours
  /** Three neighbours of each. */
  readonly real: Neighbours
}

/** Distances to the closest training row. */
export function closestOf({
  synthetic,
  heldOut,
  real,
}: Closest): Record<'synthetic' | 'heldOut' | 'training', Quantiles> {
  return {
    synthetic: quantiles(firsts(synthetic).map(Math.sqrt)),
    heldOut: quantiles(firsts(heldOut).map(Math.sqrt)),
    training: quantiles(toOthers(real).map(({ first }) => Math.sqrt(first))),
  }
}

/** Rows whose closest training row is much nearer than the next. */
export function nearCopies({ synthetic, real }: Pick<Closest, 'synthetic' | 'real'>): PrivacyFigure {
  const usual = Float64Array.from(toOthers(real), ({ first, second }) => ratio(first, second))
  const positive = usual.filter((value) => value > 0).sort()
  const near = positive[Math.floor(nearShare * positive.length)] ?? 1
  const made = Float64Array.from({ length: synthetic.of.count }, (_, row) =>
    ratio(synthetic.apart[synthetic.most * row]!, synthetic.apart[synthetic.most * row + 1]!),
  )
  const share = (ratios: Float64Array): Estimate =>
    shareEstimate(ratios.filter((value) => value < near).length / ratios.length, ratios.length)
  return {
    name: 'near copies',
    ...share(made),
    floor: share(usual),
    rows: Math.min(made.length, usual.length),
  }
}

/** d₁/d₂ of two squared distances, d₁ ≤ d₂; 1 where there is no second row, or both are at 0. */
function ratio(first: number, second: number): number {
  return second > 0 && second < Number.POSITIVE_INFINITY ? Math.sqrt(first / second) : 1
}

/** Squared distances to the closest row, [n]. */
export function firsts({ apart, most, of }: Neighbours): Float64Array {
  return Float64Array.from({ length: of.count }, (_, row) => apart[row * most]!)
}

/** Squared distances of training rows to the closest other row, and to the closest one after that which is of other content. */
function toOthers({ apart, ties, of }: Neighbours): { readonly first: number; readonly second: number }[] {
  return Array.from({ length: of.count }, (_, row) => {
    const [own, first, second] = apart.subarray(3 * row, 3 * row + 3)
    // The row itself is at 0; a second row at 0 is another one that equals it.
    return own! > 0 || ties[row]! > 1 ? { first: own!, second: first! } : { first: first!, second: second! }
  })
}

function quantiles(distances: ArrayLike<number>): Quantiles {
  const sorted = Float64Array.from(distances).sort()
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!
  return { median: at(0.5), low: at(0.05) }
}
