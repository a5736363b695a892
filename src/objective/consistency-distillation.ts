import * as f from '../engine/index.ts'
import { endPointsOf, type Model, perPoint, type Values } from '../family/index.ts'
import { gapLosses, gapOf, gapSettings, gapStart, gapState, studentRate } from './consistency-gap.ts'
import type { LossGiven, Objective } from './objective.ts'
import { shareSetting } from './settings.ts'

/** How a value of the teacher is called in the state. */
const ofTeacher = (name: string): string => `teacher/${name}`

/**
 * √λ(σ) σ/(σ − r) · (√(‖f(x_σ; σ) − f̄(x̂_r; r)‖²/d + c²) − c): consistency distillation.
 *
 * x_σ = x₀ + σz, and x̂_r = D + (r/σ)(x_σ − D) is where an Euler step of the teacher's flow takes it, D the denoiser that the student's weights
 * were at the start: they are kept in the state. So student and teacher ask about two points of one path, where consistency training
 * knows a path in the mean over clean points only: its target has no spread given x_σ. r and all else as in `consistency`; where r is
 * below σ_min the path ends at D.
 *
 * Of a model with conditions D may be guided: u + w (c − u), w = `guidance`, u what it says with all of them 0 (Meng et al. 2023): the student then
 * draws guided points for the price of one evaluation.
 * Song, Dhariwal, Chen, Sutskever 2023, Algorithm 2, with Euler's method, and no average of the student.
 */
export const consistencyDistillation: Objective<'flowEnd'> = {
  name: 'consistency-distillation',
  summary: 'a few-step student that follows the flow of the denoiser that it starts from (train --from)',
  source: 'Song, Dhariwal, Chen, Sutskever 2023; Meng et al. 2023 (guided teachers)',
  needs: ['flowEnd'],
  levels: 'each',
  weighting: 'wide',
  placesRate: studentRate,
  reads: { needs: ['denoise'], can: ['flowEnd'], as: endPointsOf },
  startsFromModel: true,
  settings: {
    ...gapSettings,
    // At an eighth a level, an Euler step of the teacher is right enough, and what is learned at small noise comes up to σ_max by some 40 levels.
    // Of clothes with eight halvings, 780 steps in all, nothing came up at all.
    halvings: { ...gapSettings.halvings, default: 3 },
    guidance: {
      default: 1,
      summary: 'w of the guided teacher, of a model that learned some points with all conditions 0; 1 is off',
    },
  },
  draws: ({ event }) => ({ noise: { of: 'normal', shape: event } }),
  state: ({ model }) => ({ ...gapState, ...teacherOf(model, (name) => model.parameters[name]!) }),
  startState: ({ model }, _, start) => ({ ...gapStart(), ...teacherOf(model, (name) => start[name]!) }),
  // Losses of different gaps cannot be compared.
  heldOut: 'none',
  losses: (given) => {
    const { can, values, data, conditions, draws, level, model, state } = given
    const { sigma } = level!
    const gap = gapOf(given)
    const x = f.add(data, f.mul(perPoint(sigma, data), draws['noise']!))
    const teacher = f.mapNamed(model.parameters, (_, name) => state[ofTeacher(name)]!)
    const clean = f.stopGradient(guided(given, teacher, x))
    // Where the network is asked above the level meant, at σ_min, what it tells is not taken.
    const lower = f.add(clean, f.mul(perPoint(f.div(gap.lower, sigma), x), f.sub(x, clean)))
    const told = can.flowEnd(values, { x: lower, sigma: gap.asked, conditions })
    const student = can.flowEnd(values, { x, sigma, conditions })
    return {
      losses: { all: gapLosses(given, gap, { student, teacher: gap.endsAt(lower, told) }) },
      state: { ...gap.next, ...teacherOf(model, (name) => teacher[name]!) },
    }
  },
}

function teacherOf<T>(model: Model, value: (name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.keys(model.parameters).map((name) => [ofTeacher(name), value(name)]))
}

/** u + w (c − u) of the teacher at x. A consistency function with the weights of a denoiser is that denoiser. */
function guided(
  { can, conditions, level, settings }: LossGiven<'flowEnd'>,
  teacher: Values,
  x: f.Tensor,
): f.Tensor {
  const { sigma } = level!
  const told = can.flowEnd(teacher, { x, sigma, conditions })
  const weight = shareSetting(settings, 'guidance', Number.POSITIVE_INFINITY)
  if (!conditions || weight === 1) return told
  const none = f.mapNamed(conditions, ({ shape }) => f.broadcastTo(f.constant(0), shape))
  const untold = can.flowEnd(teacher, { x, sigma, conditions: none })
  return f.add(told, f.mul(f.sub(told, untold), weight - 1))
}
