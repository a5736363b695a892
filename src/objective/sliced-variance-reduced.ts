import * as f from '../engine/index.ts'
import type { Objective } from './objective.ts'
import { dot } from './points.ts'
import { sliced, slicedScoreMatching } from './sliced-score-matching.ts'

/**
 * E_v[vᵀ(∂s/∂x)v] · σ_d²/d + ½‖s‖² · σ_d²/d, v random signs: sliced score matching with the norm's mean over v taken exactly,
 * which has less variance.  Song, Garg, Shi, Ermon 2019 (SSM-VR).
 */
export const slicedVarianceReduced: Objective<'score'> = {
  ...slicedScoreMatching,
  name: 'sliced-variance-reduced',
  summary: 'sliced score matching with the exact norm of the score: less variance',
  losses: (given) => ({ losses: { all: sliced(given, (s) => f.mul(dot(s, s), 0.5)) } }),
}
