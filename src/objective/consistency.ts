import * as f from '../engine/index.ts'
import { endPointsOf, perPoint } from '../family/index.ts'
import { gapLosses, gapOf, gapSettings, gapStart, gapState, studentRate } from './consistency-gap.ts'
import type { Objective } from './objective.ts'

/**
 * √λ(σ) σ/(σ − r) · (√(‖f(x₀ + σz; σ) − f̄(x₀ + rz; r)‖²/d + c²) − c): consistency training.
 *
 * Two noisy points of one clean one, with the same noise, shall end at the same place; the lower one is the teacher, f̄, a constant to
 * the derivative. Its level r comes nearer to σ as training goes (`consistency-gap.ts`). Below σ_min the teacher is the clean point itself,
 * which is what f(x, 0) = x says. σ and λ(σ) by a weighting; c = `huber` σ_d. No average of the teacher is kept.
 *
 * E[x₀ + rz | x₀ + σz] is an Euler step of the flow, so the flow's end points make the loss least as the gap and the spread of f̄ over
 * it go to 0. c says up to where errors count squared: far below the spread of f̄ over a gap the loss is least at a median, which in
 * few dimensions is another flow. In many dimensions the spread has nearly one size; the published c, 0.001 σ_d, is for those.
 * Song, Dhariwal, Chen, Sutskever 2023; Song & Dhariwal 2023 (no average, pseudo-Huber); Geng et al. 2024 (schedule, start).
 */
export const consistency: Objective<'flowEnd'> = {
  name: 'consistency',
  summary: 'consistency training of a few-step student; start it from a trained denoiser (train --from)',
  source: 'Song, Dhariwal, Chen, Sutskever 2023; Song & Dhariwal 2023; Geng, Pokle, Luo, Lin, Kolter 2024',
  needs: ['flowEnd'],
  levels: 'each',
  weighting: 'wide',
  placesRate: studentRate,
  reads: { needs: ['denoise'], can: ['flowEnd'], as: endPointsOf },
  settings: gapSettings,
  draws: ({ event }) => ({ noise: { of: 'normal', shape: event } }),
  state: () => gapState,
  startState: () => gapStart(),
  // Losses of different gaps cannot be compared.
  heldOut: 'none',
  losses: (given) => {
    const { can, values, data, conditions, draws, level } = given
    const { sigma } = level!
    const gap = gapOf(given)
    const noise = draws['noise']!
    const noisy = (at: f.Tensor): f.Tensor => f.add(data, f.mul(perPoint(at, data), noise))
    const told = can.flowEnd(values, { x: noisy(gap.asked), sigma: gap.asked, conditions })
    const teacher = gap.endsAt(data, told)
    const student = can.flowEnd(values, { x: noisy(sigma), sigma, conditions })
    return { losses: { all: gapLosses(given, gap, { student, teacher }) }, state: gap.next }
  },
}
