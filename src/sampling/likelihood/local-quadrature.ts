import { gaussLegendre, type QuadratureRule } from '../../density/index.ts'

/** Nodes of the polynomial through which an interval is integrated, and of the one that it is compared with. */
const [order, lowerOrder] = [6, 4]
/** Gauss' rules that are exact for them. */
const [rule, lowerRule] = [gaussLegendre(order / 2), gaussLegendre(lowerOrder / 2)]
/** How often an interval may be halved: what is sharper than that is told as error. */
const mostHalvings = 6

/** Fewest intervals to begin with. */
export const fewestIntervals: number = order + 2

/** A node that a quadrature waits for. */
interface Node {
  readonly t: number
  /** How often its interval was halved until it came. */
  readonly depth: number
  /** P values. */
  readonly values: Float64Array
}

/**
 * ∫ g dt of P functions at once, from values at nodes that it asks for: even ones first, then the middles of those intervals that need it.
 *
 * An interval is integrated through the polynomial of the six nodes around it, and its error is how much four of them would differ.
 * Of all but the sharpest functions the error so told is larger than the true one. g: the mean of the P functions decides.
 */
export class LocalQuadrature {
  private nodes: Node[] = []
  private waiting: readonly Omit<Node, 'values'>[]

  /** from < to; intervals: `fewestIntervals` or more. */
  constructor({
    from,
    to,
    intervals,
  }: { readonly from: number; readonly to: number; readonly intervals: number }) {
    this.waiting = Array.from({ length: intervals + 1 }, (_, k) => ({
      t: k === intervals ? to : from + ((to - from) * k) / intervals,
      depth: 0,
    }))
  }

  /** Where the functions are needed next. */
  get asked(): readonly number[] {
    return this.waiting.map(({ t }) => t)
  }

  /** Takes the values at all that was asked, [P] each; nothing is asked any more. */
  answer(values: readonly Float64Array[]): void {
    const found = this.waiting.map((node, i): Node => ({ ...node, values: values[i]! }))
    this.nodes = [...this.nodes, ...found].sort((a, b) => a.t - b.t)
    this.waiting = []
  }

  /** The integrals, [P]. */
  integrals(): Float64Array {
    const sums = new Float64Array(this.nodes[0]!.values.length)
    for (let gap = 0; gap + 1 < this.nodes.length; gap++)
      this.weighed(gap, order, rule, (values, weight) => {
        for (let p = 0; p < sums.length; p++) sums[p]! += weight * values[p]!
      })
    return sums
  }

  /** Asks for the middles of the largest errors, so that half of the tolerance would be left; returns the error as it is. */
  refine(tolerance: number): number {
    const errors = this.nodes.slice(1).map((_, gap) => ({ gap, error: this.errorOf(gap) }))
    let rest = errors.reduce((sum, { error }) => sum + error, 0)
    const total = rest
    if (!(total > tolerance)) return total
    const halved: Omit<Node, 'values'>[] = []
    for (const { gap, error } of errors.sort((a, b) => b.error - a.error)) {
      if (rest <= tolerance / 2) break
      rest -= error
      const [left, right] = [this.nodes[gap]!, this.nodes[gap + 1]!]
      const depth = Math.max(left.depth, right.depth) + 1
      if (depth <= mostHalvings) halved.push({ t: (left.t + right.t) / 2, depth })
    }
    this.waiting = halved
    return total
  }

  private errorOf(gap: number): number {
    let difference = 0
    const add = (values: Float64Array, weight: number): void => {
      difference += weight * meanOf(values)
    }
    this.weighed(gap, order, rule, add)
    this.weighed(gap, lowerOrder, lowerRule, (values, weight) => add(values, -weight))
    return Math.abs(difference)
  }

  /** The nodes around an interval, each with what it counts in the integral over it. */
  private weighed(
    gap: number,
    count: number,
    { nodes: places, weights }: QuadratureRule,
    use: (values: Float64Array, weight: number) => void,
  ): void {
    const { nodes } = this
    const first = Math.min(Math.max(0, gap + 1 - count / 2), nodes.length - count)
    const half = (nodes[gap + 1]!.t - nodes[gap]!.t) / 2
    const middle = nodes[gap]!.t + half
    for (let j = first; j < first + count; j++) {
      let weight = 0
      for (let q = 0; q < places.length; q++) {
        const t = middle + half * places[q]!
        let basis = half * weights[q]!
        for (let i = first; i < first + count; i++)
          if (i !== j) basis *= (t - nodes[i]!.t) / (nodes[j]!.t - nodes[i]!.t)
        weight += basis
      }
      use(nodes[j]!.values, weight)
    }
  }
}

function meanOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
