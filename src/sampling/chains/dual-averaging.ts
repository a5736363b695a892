import * as f from '../../engine/index.ts'
import type { ModelRange } from '../start.ts'
import type { ChainPlan } from './chain.ts'
import { unknownEnergy } from './metropolis.ts'

/** Hoffman & Gelman 2014, section 3.2: γ, t₀ and κ. */
const [gamma, early, kappa] = [0.05, 10, 0.75]

/** What a chain remembers of its step: H̄, ln h of the next step, and ln h̄, the average that it keeps after the warm-up. */
export type StepMemory = 'misses' | 'logStep' | 'logAverage'

/** What an adaptation is computed from. */
export type StepCoefficient = 'adapting' | 'centre' | 'newest' | 'pull' | 'decay'

/** Of each chain a number. */
export const stepMemory: Readonly<Record<StepMemory, 'number'>> = {
  misses: 'number',
  logStep: 'number',
  logAverage: 'number',
}

/**
 * How a chain finds its step h by dual averaging, in a warm-up that is thrown away: after transition m with acceptance a,
 * H̄ ← (1 − 1/(m + t₀)) H̄ + (δ − a)/(m + t₀);  ln h = μ − (√m/γ) H̄;  ln h̄ ← m^{−κ} ln h + (1 − m^{−κ}) ln h̄;  μ = ln 10 h₀.
 * Nesterov 2009; Hoffman & Gelman 2014, algorithm 5. After the warm-up the chain steps by h̄.
 *
 * Each chain has a step of its own, found from its own past: one step for all would make a point depend on those that are drawn with
 * it, and pilot chains would have no conditions to run under.
 */
function stepPlan(
  warmUp: number,
  firstStep: number,
): {
  readonly memory: Readonly<Record<StepMemory, number>>
  readonly at: (transition: number) => Readonly<Record<StepCoefficient, number>>
} {
  const first = Math.log(firstStep)
  return {
    memory: { misses: 0, logStep: first, logAverage: first },
    at: (transition) => {
      const m = transition + 1
      const adapts = m <= warmUp
      return {
        adapting: m < warmUp ? 1 : 0,
        centre: first + Math.log(10),
        newest: adapts ? 1 / (m + early) : 0,
        pull: Math.sqrt(m) / gamma,
        decay: adapts ? m ** -kappa : 0,
      }
    },
  }
}

/** The memory after a transition; acceptance: [B]; target δ. */
export function adapted(
  memory: Readonly<Record<StepMemory, f.Tensor>>,
  c: Readonly<Record<StepCoefficient, f.Tensor>>,
  acceptance: f.Tensor,
  target: number,
): Record<StepMemory, f.Tensor> {
  const all = (scalar: f.Tensor): f.Tensor => f.broadcastTo(scalar, acceptance.shape)
  const misses = mixed(all(c.newest), f.sub(target, acceptance), memory.misses)
  const found = f.sub(all(c.centre), f.mul(all(c.pull), misses))
  const logAverage = mixed(all(c.decay), found, memory.logAverage)
  return { misses, logAverage, logStep: mixed(all(c.adapting), found, logAverage) }
}

/** share · a + (1 − share) · b. */
function mixed(share: f.Tensor, a: f.Tensor, b: f.Tensor): f.Tensor {
  return f.add(b, f.mul(share, f.sub(a, b)))
}

/** The plan of a chain that accepts or refuses: half of its transitions are the warm-up that finds its step. */
export function adaptedPlan({
  steps,
  range,
}: {
  readonly steps: number
  readonly range: ModelRange
}): ChainPlan<StepCoefficient, StepMemory | 'energy' | 'score'> & { readonly keptFrom: number } {
  const warmUp = Math.floor(steps / 2)
  const step = stepPlan(warmUp, 0.1 * range.sigmaData)
  return {
    count: steps,
    keptFrom: warmUp,
    start: { mean: range.mean, std: range.sigmaData },
    memory: { ...step.memory, energy: unknownEnergy, score: 0 },
    at: step.at,
  }
}
