import * as f from '../engine/index.ts'
import type { Objective } from './objective.ts'
import { atVectors, dot, scoreUnit } from './points.ts'
import { traceOptions, traceSettings } from './settings.ts'

/**
 * E[½‖s(x)‖² + tr ∂s/∂x] · σ_d²/d over the training points x: the Fisher divergence ½E‖s − ∇ ln p‖² · σ_d²/d, less a constant.
 *
 * The trace is exact; for an energy it is −ΔE. Integration by parts turns the unknown score into the trace, so the density must
 * be smooth and vanish at infinity. Where training points repeat, or lie on a surface, there is no least value: the trace there
 * falls without end. A table's encoded columns are spread by noise for that reason (`dequantised`); rows of your own with repeated
 * values need the same, or `denoising-one-level`. Few rows and a large network overfit in the same way: watch the held-out loss.
 * Hyvärinen 2005.
 */
export const implicitScoreMatching: Objective<'score'> = {
  name: 'implicit-score-matching',
  summary: 'score matching with the exact trace of the Jacobian',
  source: 'Hyvärinen 2005',
  needs: ['score'],
  levels: 'one',
  settings: traceSettings,
  draws: () => ({}),
  heldOut: 'loss',
  losses: (given) => {
    const { data: x, score, energy } = atVectors(given)
    const s = score(x)
    const options = traceOptions(given.settings)
    const trace = energy ? f.neg(f.hessianTrace(energy(x), x, options)) : f.jacobianTrace(s, x, options)
    return { losses: { all: f.mul(f.add(f.mul(dot(s, s), 0.5), trace), scoreUnit(given)) } }
  },
}
