import { gaussLegendre } from '../../density/index.ts'

/** Exact for the polynomials that are integrated here, up to degree 5. */
const rule = gaussLegendre(3)

/** What the slopes count in a step of Adams' methods from times[0] to `to`, in units of time. */
export interface AdamsStep {
  /** Adams–Bashforth of order p: of the slopes at `times`. */
  readonly predictor: readonly number[]
  /** Adams–Moulton of order p + 1: of the slope at `to`, then of those at `times`. */
  readonly corrector: readonly number[]
  /** Milne's factor: the share of corrector less predictor that is error, for both of order p. */
  readonly share: number
}

/**
 * A step of Adams' methods between any times, of p ≤ 5 slopes, times[0] the newest: ∫ of the polynomial through the slopes. For even times these are
 * the usual weights, 55/24, −59/24, 37/24, −9/24 for example.  Hairer, Nørsett, Wanner 1993, III.1 and III.5.
 */
export function adamsStep(times: readonly number[], to: number): AdamsStep {
  const over = { from: times[0]!, to }
  const all = [to, ...times]
  const errorOf = (nodes: readonly number[]): number =>
    integral((t) => nodes.reduce((product, node) => product * (t - node), 1), over)
  const [explicit, implicit] = [errorOf(times), errorOf(all.slice(0, -1))]
  return {
    predictor: weights(times, over),
    corrector: weights(all, over),
    share: implicit / (implicit - explicit),
  }
}

/** ∫ of each of Lagrange's polynomials of these nodes. */
function weights(nodes: readonly number[], over: { readonly from: number; readonly to: number }): number[] {
  return nodes.map((own, i) =>
    integral(
      (t) =>
        nodes.reduce((product, node, j) => (i === j ? product : (product * (t - node)) / (own - node)), 1),
      over,
    ),
  )
}

function integral(
  f: (t: number) => number,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  const half = (to - from) / 2
  return rule.nodes.reduce((sum, node, q) => sum + half * rule.weights[q]! * f(from + half * (1 + node)), 0)
}
