import type { FlowClock, FlowMoment } from './flow-clock.ts'

/** What the first and the last nodes count, in steps, where all others count 1: Gregory's rules with differences up to order 2 and 1. */
const gregory = [3 / 8, 7 / 6, 23 / 24]
const lowerGregory = [5 / 12, 13 / 12]
/** Fewest intervals, and the longest of them by the clock. */
const [fewestIntervals, longestInterval] = [8, 0.6]
/** How often all intervals may be halved: a flow that is not smooth would go on for ever. */
const mostHalvings = 6
/** The error that is told is this times the roughness to this power: see `EvenQuadrature`. */
const [toldFactor, toldPower] = [0.045, 1.5]

/**
 * Intervals to begin with, so that a usual row of a learned model needs no more: the error that is told falls as 6 e^{−2.3/h} nats there, measured
 * over h from 0.3 to 0.5.
 */
export function usualIntervals(span: number, tolerance: number): number {
  const h = Math.min(longestInterval, 2.3 / Math.max(1, Math.log(6 / tolerance)))
  return Math.max(fewestIntervals, Math.ceil(span / h))
}

/**
 * ∫ g dt of P functions at once along a flow, from values at nodes that it asks for: even ones by the flow's clock, then their middles.
 *
 * The trapezoid rule with Gregory's ends, in s. Of an analytic function that begins and ends near 0 its error falls as e^{−c/h}: it is the function's
 * share of waves of length h (Trefethen, Weideman 2014). The nodes themselves show waves of length 2h and more: the roughness ρ = h Σ |δ⁴g|/16, δ⁴ the
 * fourth difference, counts those near 2h. If the shares fall geometrically, that of half the length is about ρ². The error told is 0.045 ρ^1.5 nats,
 * more than that for fine nodes, and what the highest difference at the ends counts. The factor is measured: over learned models the true
 * error is 0.4 to 1 of the one told in root mean square. g: the mean of the P functions decides.
 */
export class EvenQuadrature {
  private readonly clock: FlowClock
  private halvings = 0
  private intervals: number
  /** g dt/ds at each node, P values; where it is not known yet, undefined. */
  private values: (Float64Array | undefined)[]

  /** intervals: 8 or more, to begin with. */
  constructor(clock: FlowClock, intervals: number) {
    this.clock = clock
    this.intervals = intervals
    this.values = new Array<undefined>(this.intervals + 1).fill(undefined)
  }

  /** Where the functions are needed next. */
  get asked(): readonly FlowMoment[] {
    return this.values.flatMap((value, k) => (value ? [] : [this.clock.moment(k, this.intervals)]))
  }

  /** Takes g at all that was asked, [P] each; nothing is asked any more. */
  answer(found: readonly Float64Array[]): void {
    let next = 0
    this.values = this.values.map((value, k) => {
      if (value) return value
      const { rate } = this.clock.moment(k, this.intervals)
      return found[next++]!.map((g) => g * rate)
    })
  }

  /** The integrals, [P]. */
  integrals(): Float64Array {
    const known = this.known()
    const sums = new Float64Array(known[0]!.length)
    for (const [k, values] of known.entries()) {
      const weight = this.weight(k, gregory)
      for (let p = 0; p < sums.length; p++) sums[p]! += weight * values[p]!
    }
    return sums
  }

  /** The error that is told, nats; where it is above the tolerance, asks for the middles of all intervals. */
  refine(tolerance: number): number {
    const error = this.error()
    if (error > tolerance && this.halvings < mostHalvings) {
      this.halvings++
      this.intervals *= 2
      const old = this.values
      this.values = Array.from({ length: this.intervals + 1 }, (_, k) =>
        k % 2 === 0 ? old[k / 2] : undefined,
      )
    }
    return error
  }

  private error(): number {
    const g = this.known().map(meanOf)
    let rough = 0
    for (let k = 2; k + 2 < g.length; k++)
      rough += Math.abs(g[k - 2]! - 4 * g[k - 1]! + 6 * g[k]! - 4 * g[k + 1]! + g[k + 2]!)
    const ends = g.reduce(
      (sum, value, k) => sum + (this.weight(k, gregory) - this.weight(k, lowerGregory)) * value,
      0,
    )
    return toldFactor * ((this.step * rough) / 16) ** toldPower + Math.abs(ends)
  }

  private get step(): number {
    return this.clock.span / this.intervals
  }

  private weight(k: number, ends: readonly number[]): number {
    return this.step * (ends[k] ?? ends[this.intervals - k] ?? 1)
  }

  private known(): readonly Float64Array[] {
    return this.values as readonly Float64Array[]
  }
}

function meanOf(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
