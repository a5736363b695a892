import * as f from '../engine/index.ts'
import { endPointsOf, perPoint, pointAxes } from '../family/index.ts'
import type { Objective } from './objective.ts'
import { positiveSetting, wholeSetting } from './settings.ts'

/** How much wider the gap is at small noise: n(σ) = 1 + 8/(1 + e^{σ/(2σ_d)}), 5 at σ = 0 and 1 at large σ. */
const widening = 8

/**
 * √λ(σ) σ/(σ − r) · (√(‖f(x₀ + σz; σ) − f̄(x₀ + rz; r)‖²/d + c²) − c): consistency training.
 *
 * Two noisy points of one clean one, with the same noise, shall end at the same place; the lower one is the teacher, f̄, a constant to
 * the derivative. Its level is r = σ (1 − n(σ)/2^{k+1}), k = 0, 1, …: the gap is halved `halvings` times, evenly over the training, so that the
 * student begins near a denoiser and ends near the flow. Below σ_min the teacher is the clean point itself, which is what f(x, 0) = x says.
 * σ and λ(σ) by a weighting; c = `huber` σ_d. No average of the teacher is kept.
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
  // It begins with weights that are good: a tenth of the rate that they were found with. At that rate itself a student of clothes lost all in 800 steps.
  placesRate: 4e-4,
  reads: { needs: ['denoise'], can: ['flowEnd'], as: endPointsOf },
  settings: {
    halvings: { default: 8, summary: 'how often the gap between student and teacher is halved, 1 or more' },
    huber: {
      default: 0.3,
      summary: 'c/σ_d: errors count squared up to it, and by their size beyond it, above 0',
    },
  },
  draws: ({ event }) => ({ noise: { of: 'normal', shape: event } }),
  state: () => ({ done: { shape: [1], dtype: 'float32' } }),
  startState: () => ({ done: new Float32Array(1) }),
  // Losses of different gaps cannot be compared.
  heldOut: 'none',
  losses: ({ can, values, data, conditions, draws, level, state, settings, range, steps }) => {
    const { sigma, weight } = level!
    const halvings = wholeSetting(settings, 'halvings')
    const c = positiveSetting(settings, 'huber') * range.sigmaData
    const done = state['done']
    const stage =
      done && steps !== undefined
        ? f.min(f.floor(f.mul(done, halvings / steps)), halvings - 1)
        : f.broadcastTo(f.constant(halvings - 1), [1])
    const gap = f.broadcastTo(f.exp(f.mul(f.add(stage, 1), -Math.LN2)), sigma.shape)
    const wider = f.add(f.mul(f.sigmoid(f.mul(sigma, -0.5 / range.sigmaData)), widening), 1)
    const lower = f.mul(sigma, f.max(f.sub(1, f.mul(gap, wider)), 0))
    const isClean = f.less(lower, range.sigmaMin)
    const asked = f.max(lower, range.sigmaMin)
    const noise = draws['noise']!
    const noisy = (at: f.Tensor): f.Tensor => f.add(data, f.mul(perPoint(at, data), noise))
    const told = can.flowEnd(values, { x: noisy(asked), sigma: asked, conditions })
    const clean = perPoint(f.cast(isClean, 'float32'), data)
    const teacher = f.stopGradient(f.add(f.mul(clean, data), f.mul(f.sub(1, clean), told)))
    const student = can.flowEnd(values, { x: noisy(sigma), sigma, conditions })
    return {
      losses: {
        all: f.withLabel('loss', () => {
          const square = f.mean(f.square(f.sub(student, teacher)), { axes: pointAxes(data) })
          const reached = f.where(isClean, f.broadcastTo(f.constant(0), sigma.shape), lower)
          const perGap = f.div(f.mul(f.sqrt(weight), sigma), f.sub(sigma, reached))
          // √(s + c²) − c, without the cancellation of two numbers that are nearly alike.
          return f.mul(f.div(square, f.add(f.sqrt(f.add(square, c * c)), c)), perGap)
        }),
      },
      state: done ? { done: f.add(done, 1) } : {},
    }
  },
}
