import * as f from '../engine/index.ts'
import { perPoint, pointAxes } from '../family/index.ts'
import type { LossGiven } from './objective.ts'
import { positiveSetting, wholeSetting } from './settings.ts'

/*
 * What both ways to learn a consistency function share: two noise levels of one flow, the lower of which teaches, and what their
 * difference costs.
 */

/** How much wider the gap is at small noise: n(σ) = 1 + 8/(1 + e^{σ/(2σ_d)}), 5 at σ = 0 and 1 at large σ. */
const widening = 8

/** A student begins with good weights: a tenth of the rate that they were found with. At that rate itself one of clothes lost all in 800 steps. */
export const studentRate = 4e-4

export const gapSettings = {
  halvings: { default: 8, summary: 'how often the gap between student and teacher is halved, 1 or more' },
  huber: {
    default: 0.3,
    summary: 'c/σ_d: errors count squared up to it, and by their size beyond it, above 0',
  },
} as const

/** Steps done, which the gap follows. */
export const gapState: f.Named<f.TensorType> = { done: { shape: [1], dtype: 'float32' } }
export const gapStart = (): { done: Float32Array } => ({ done: new Float32Array(1) })

type Facts = Omit<LossGiven, 'can'>

/** The lower level of each example, and where it teaches. */
export interface Gap {
  /** The level that teaches, 0 where it is below σ_min, [B]. */
  readonly lower: f.Tensor
  /** The level at which the network is asked: r, at least σ_min, [B]. */
  readonly asked: f.Tensor
  /** What the network told at `asked`; where the level is 0, the point there itself: f(x, 0) = x. A constant to the derivative. */
  readonly endsAt: (pointAtZero: f.Tensor, told: f.Tensor) => f.Tensor
  /** The state of the next step. */
  readonly next: f.Named<f.Tensor>
}

/**
 * r = σ (1 − n(σ)/2^{k+1}), k = 0, 1, …: the gap is halved `halvings` times, evenly over the training, so that the student begins near
 * a denoiser and ends near the flow.  Geng, Pokle, Luo, Lin, Kolter 2024.
 */
export function gapOf({ level, state, settings, range, steps }: Facts): Gap {
  const { sigma } = level!
  const halvings = wholeSetting(settings, 'halvings')
  const done = state['done']
  const stage =
    done && steps !== undefined
      ? f.min(f.floor(f.mul(done, halvings / steps)), halvings - 1)
      : f.broadcastTo(f.constant(halvings - 1), [1])
  const gap = f.broadcastTo(f.exp(f.mul(f.add(stage, 1), -Math.LN2)), sigma.shape)
  const wider = f.add(f.mul(f.sigmoid(f.mul(sigma, -0.5 / range.sigmaData)), widening), 1)
  const wanted = f.mul(sigma, f.max(f.sub(1, f.mul(gap, wider)), 0))
  const isZero = f.less(wanted, range.sigmaMin)
  return {
    lower: f.where(isZero, f.broadcastTo(f.constant(0), sigma.shape), wanted),
    asked: f.max(wanted, range.sigmaMin),
    endsAt: (pointAtZero, told) => {
      const zero = perPoint(f.cast(isZero, 'float32'), told)
      return f.stopGradient(f.add(f.mul(zero, pointAtZero), f.mul(f.sub(1, zero), told)))
    },
    next: done ? { done: f.add(done, 1) } : {},
  }
}

/** √λ(σ) σ/(σ − r) · (√(‖student − teacher‖²/d + c²) − c), [B], c = `huber` σ_d.  Song & Dhariwal 2023 (pseudo-Huber). */
export function gapLosses(
  { level, settings, range }: Facts,
  { lower }: Gap,
  { student, teacher }: { readonly student: f.Tensor; readonly teacher: f.Tensor },
): f.Tensor {
  const { sigma, weight } = level!
  const c = positiveSetting(settings, 'huber') * range.sigmaData
  return f.withLabel('loss', () => {
    const square = f.mean(f.square(f.sub(student, teacher)), { axes: pointAxes(student) })
    const perGap = f.div(f.mul(f.sqrt(weight), sigma), f.sub(sigma, lower))
    // √(s + c²) − c, without the cancellation of two numbers that are nearly alike.
    return f.mul(f.div(square, f.add(f.sqrt(f.add(square, c * c)), c)), perGap)
  })
}
