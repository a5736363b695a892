import { describe, expect, it } from 'vitest'
import { EvenQuadrature, usualIntervals } from './even-quadrature.ts'
import { FlowClock } from './flow-clock.ts'

const range = { from: Math.log(0.002), to: Math.log(20), variance: 1 }
const clock = new FlowClock(range)

/** ∫ g over the range by the nodes asked for, until the tolerance is kept; with the error told and the nodes. */
function integrated(g: (t: number) => number, tolerance: number, intervals = 12) {
  const quadrature = new EvenQuadrature(clock, intervals)
  let nodes = 0
  for (;;) {
    const { asked } = quadrature
    nodes += asked.length
    quadrature.answer(asked.map(({ t }) => Float64Array.of(g(t))))
    const told = quadrature.refine(tolerance)
    if (quadrature.asked.length === 0) return { value: quadrature.integrals()[0]!, told, nodes }
  }
}

describe('the clock of a flow', () => {
  it('goes from end to end, evenly, and its rate is the derivative of ln σ', () => {
    const moments = clock.moments(64)
    expect(moments[0]!.t).toBe(range.from)
    expect(moments.at(-1)!.t).toBe(range.to)
    const h = clock.span / 64
    for (let k = 1; k < 64; k++) {
      expect(moments[k]!.s - moments[k - 1]!.s).toBeCloseTo(h, 12)
      const [before, after] = [clock.moment(k * 1000 - 1, 64000), clock.moment(k * 1000 + 1, 64000)]
      expect((after.t - before.t) / (after.s - before.s)).toBeCloseTo(moments[k]!.rate, 6)
      expect(moments[k]!.rate).toBeGreaterThanOrEqual(1)
      expect(moments[k]!.rate).toBeLessThanOrEqual(2.5)
    }
  })

  it('calls one moment the same by whatever parts it is counted', () => {
    for (const k of [1, 5, 9]) expect(clock.moment(2 * k, 32)).toEqual(clock.moment(k, 16))
  })

  it('is of the data’s scale: other units move it by their logarithm', () => {
    const scale = 7
    const other = new FlowClock({
      from: range.from + Math.log(scale),
      to: range.to + Math.log(scale),
      variance: scale ** 2,
    })
    expect(other.span).toBeCloseTo(clock.span, 10)
    for (const k of [3, 8, 13]) {
      expect(other.moment(k, 16).t - Math.log(scale)).toBeCloseTo(clock.moment(k, 16).t, 9)
      expect(other.moment(k, 16).rate).toBeCloseTo(clock.moment(k, 16).rate, 9)
    }
  })
})

describe('the quadrature of even nodes', () => {
  // What a direction of variance λ adds to the divergence of Gaussian data: σ²/(σ² + λ) − σ²/(σ² + 1).
  const logistic = (t: number, log: number): number => 1 / (1 + Math.exp(log - 2 * t))
  const direction = (log: number) => ({
    g: (t: number) => logistic(t, log) - logistic(t, 0),
    exact: [range.to, range.from]
      .map((t) => 0.5 * (Math.log1p(Math.exp(2 * t - log)) + log - Math.log1p(Math.exp(2 * t))))
      .reduce((a, b) => a - b),
  })

  it('integrates what learned flows are made of, with no more error than it tells', () => {
    for (const tolerance of [0.1, 1e-2, 1e-4])
      for (const log of [-8, -6, -4, -2, -0.5, 1, 2.5]) {
        const { g, exact } = direction(log)
        const { value, told } = integrated(g, tolerance)
        expect(told).toBeLessThanOrEqual(tolerance)
        expect(Math.abs(value - exact)).toBeLessThan(Math.max(told, 1e-12))
      }
  })

  const bump = (width: number) => (t: number) => Math.exp(-0.5 * ((t + 0.3) / width) ** 2) / width
  const ofBump = Math.sqrt(2 * Math.PI)

  it('gains exponentially: twice the nodes, twice the digits and more', () => {
    const error = (intervals: number): number =>
      Math.abs(integrated(bump(0.3), Infinity, intervals).value - ofBump)
    const [coarse, fine] = [error(10), error(20)]
    expect(coarse).toBeGreaterThan(0.01)
    expect(fine).toBeLessThan(coarse ** 2)
  })

  it('takes twice the nodes where a function is sharp, and ends after six times', () => {
    const [smooth, sharp] = [0.6, 0.1].map((width) => integrated(bump(width), 1e-3))
    expect(sharp!.nodes).toBeGreaterThanOrEqual(2 * smooth!.nodes - 1)
    for (const { value, told } of [smooth!, sharp!]) {
      expect(Math.abs(value - ofBump)).toBeLessThan(told)
      expect(told).toBeLessThanOrEqual(1e-3)
    }
    expect(integrated(bump(0.6), 0).nodes).toBe(12 * 2 ** 6 + 1)
  })

  it('integrates each of several functions, and is exact for a constant by the clock', () => {
    const quadrature = new EvenQuadrature(clock, 8)
    quadrature.answer(quadrature.asked.map(({ rate }) => Float64Array.of(1 / rate, -2 / rate)))
    expect(quadrature.integrals()[0]).toBeCloseTo(clock.span, 10)
    expect(quadrature.integrals()[1]).toBeCloseTo(-2 * clock.span, 10)
  })

  it('begins with more nodes for a smaller tolerance, with eight intervals at least', () => {
    const counts = [1, 0.02, 1e-4].map((tolerance) => usualIntervals(clock.span, tolerance))
    expect(counts[0]).toBeLessThan(counts[1]!)
    expect(counts[1]).toBeLessThan(counts[2]!)
    expect(usualIntervals(0.1, 10)).toBe(8)
  })
})
