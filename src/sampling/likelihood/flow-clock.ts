/** A place of the flow's way: s by the clock, t = ln σ, and dt/ds there. */
export interface FlowMoment {
  readonly s: number
  readonly t: number
  readonly rate: number
}

/** By how much steps in ln σ are longer where little happens: 1 + slack times as long. */
const slack = 1.5
/** Where little happens: this far below the data's ln s, and this far above it. */
const [below, above] = [2, 3]
/** How gradually steps grow. */
const gradual = 0.5

/**
 * A clock for the flow: steps that are even by it are even in ln σ around the data's scale, and up to 2.5 times as long far below and above.
 *
 * t(s) = s − r w ζ((a − s)/w) + r w ζ((s − b)/w), ζ(x) = ln(1 + eˣ), r = 1.5, w = 0.5, a = ln s_d − 2, b = ln s_d + 3: analytic, so
 * that the trapezoid rule in s keeps its exponential order (Trefethen, Weideman 2014).
 */
export class FlowClock {
  private readonly first: FlowMoment
  private readonly last: FlowMoment
  private readonly centre: number

  /** from < to: ln σ_min and ln σ_max; variance: the mean one of a column, above 0. */
  constructor({
    from,
    to,
    variance,
  }: { readonly from: number; readonly to: number; readonly variance: number }) {
    this.centre = Math.log(variance) / 2
    this.first = this.when(from)
    this.last = this.when(to)
  }

  /** How long the whole way takes by this clock. */
  get span(): number {
    return this.last.s - this.first.s
  }

  /** The moments that part the way in so many even intervals, both ends included. */
  moments(intervals: number): FlowMoment[] {
    return Array.from({ length: intervals + 1 }, (_, k) => this.moment(k, intervals))
  }

  /** The moment k of them, 0 ≤ k ≤ intervals: the same whatever k/intervals it is called by. */
  moment(k: number, intervals: number): FlowMoment {
    if (k === 0) return this.first
    if (k === intervals) return this.last
    const s = this.first.s + this.span * (k / intervals)
    return { s, ...this.at(s) }
  }

  private at(s: number): { readonly t: number; readonly rate: number } {
    const [early, late] = [(this.centre - below - s) / gradual, (s - this.centre - above) / gradual]
    return {
      t: s + slack * gradual * (softplus(late) - softplus(early)),
      rate: 1 + slack * (sigmoid(early) + sigmoid(late)),
    }
  }

  /** The moment of t = ln σ. Each round leaves at most r/(1 + r) of what is missing, since 1 ≤ dt/ds ≤ 1 + r. */
  private when(t: number): FlowMoment {
    let s = t
    for (let round = 0; round < 100; round++) s += (t - this.at(s).t) / (1 + slack)
    return { s, t, rate: this.at(s).rate }
  }
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
