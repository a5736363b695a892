import * as f from '../engine/index.ts'
import type { LossGiven, Objective } from './objective.ts'
import { atVectors, average, dot, drawn, scoreUnit } from './points.ts'
import { wholeSetting } from './settings.ts'

const probes = { default: 1, summary: 'random directions for each point' }

/**
 * E_v[vᵀ(∂s/∂x)v + ½(vᵀs)²] · σ_d²/d, v random signs: score matching along random directions, at one Jacobian-vector product
 * whatever d is. Its mean over v is that of `implicit-score-matching`, and so is its advice on repeated values.
 * Song, Garg, Shi, Ermon 2019.
 */
export const slicedScoreMatching: Objective<'score'> = {
  name: 'sliced-score-matching',
  summary: 'score matching along random directions',
  source: 'Song, Garg, Shi, Ermon 2019',
  needs: ['score'],
  levels: 'one',
  settings: { probes },
  draws: ({ event, settings }) => ({
    probes: { of: 'rademacher', shape: [wholeSetting(settings, 'probes'), ...event] },
  }),
  heldOut: 'loss',
  losses: (given) => ({ losses: { all: sliced(given, (s, v) => f.mul(f.square(dot(v, s)), 0.5)) } }),
}

/** The mean over the probes v of vᵀ(∂s/∂x)v + size(s, v), in units of σ_d²/d, [B]. */
export function sliced(given: LossGiven<never>, size: (s: f.Tensor, v: f.Tensor) => f.Tensor): f.Tensor {
  const { data: x, score } = atVectors(given)
  const s = score(x)
  const parts = Array.from({ length: wholeSetting(given.settings, 'probes') }, (_, k) => {
    const v = drawn(given.draws['probes']!, k)
    return f.add(f.jacobianTraceEstimate(s, x, v), size(s, v))
  })
  return f.mul(average(parts), scoreUnit(given))
}
