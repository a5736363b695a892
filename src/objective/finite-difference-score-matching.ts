import * as f from '../engine/index.ts'
import type { Objective } from './objective.ts'
import { atVectors, average, dot, drawn, scoreUnit } from './points.ts'
import { positiveSetting, wholeSetting } from './settings.ts'

/**
 * Sliced score matching with differences in place of the derivative, · σ_d²/d; u = εv, v random signs, ε in units of σ_d.
 *
 * Of a score:    vᵀ(s(x+u) − s(x−u))/(2ε) + ½(vᵀ(s(x+u) + s(x−u))/2)².
 * Of an energy:  −(E(x+u) + E(x−u) − 2E(x))/ε² + (E(x+u) − E(x−u))²/(8ε²): no derivative in x at all.
 *
 * Bias O(ε²), from the curvature of the score within ε of a point; round-off O(1/ε) of a score's difference and O(1/ε²) of an
 * energy's second difference, in float32 about 10⁻⁷ times the size of s or E. At ε = 0.1 both stay small.
 * Pang, Xu, Li, Song, Ermon, Zhu 2020.
 */
export const finiteDifferenceScoreMatching: Objective<'score'> = {
  name: 'finite-difference-score-matching',
  summary: 'sliced score matching by differences: no second derivative',
  source: 'Pang, Xu, Li, Song, Ermon, Zhu 2020',
  needs: ['score'],
  levels: 'one',
  settings: {
    epsilon: {
      default: 0.1,
      summary: "length of the differences, in units of the data's standard deviation",
    },
    probes: { default: 1, summary: 'random directions for each point' },
  },
  draws: ({ event, settings }) => ({
    probes: { of: 'rademacher', shape: [wholeSetting(settings, 'probes'), ...event] },
  }),
  heldOut: 'loss',
  losses: (given) => {
    const { data: x, score, energy } = atVectors(given)
    const epsilon = positiveSetting(given.settings, 'epsilon') * given.range.sigmaData
    const ofScore = (v: f.Tensor, ahead: f.Tensor, behind: f.Tensor): f.Tensor => {
      const [a, b] = [dot(v, score(ahead)), dot(v, score(behind))]
      return f.add(f.mul(f.sub(a, b), 1 / (2 * epsilon)), f.mul(f.square(f.add(a, b)), 1 / 8))
    }
    const ofEnergy = (at: (x: f.Tensor) => f.Tensor, ahead: f.Tensor, behind: f.Tensor): f.Tensor => {
      const [a, b, here] = [at(ahead), at(behind), at(x)]
      // Two differences of neighbours, each nearly free of round-off, instead of a sum that is to cancel.
      const second = f.add(f.sub(a, here), f.sub(b, here))
      return f.add(f.mul(second, -1 / epsilon ** 2), f.mul(f.square(f.sub(a, b)), 1 / (8 * epsilon ** 2)))
    }
    const parts = Array.from({ length: wholeSetting(given.settings, 'probes') }, (_, k) => {
      const v = drawn(given.draws['probes']!, k)
      const u = f.mul(v, epsilon)
      const [ahead, behind] = [f.add(x, u), f.sub(x, u)]
      return energy ? ofEnergy(energy, ahead, behind) : ofScore(v, ahead, behind)
    })
    return { losses: { all: f.mul(average(parts), scoreUnit(given)) } }
  },
}
