import { broadcastTo, mul, type Named, type Tensor } from '../../engine/index.ts'
import { type SamplerSetting, type SamplerSettings, settingsOf } from '../settings.ts'

/**
 * Where a step lies on the grid of noise levels; what a step's coefficients are computed from, in float64.
 */
export interface StepPlace {
  /** σ_t, the level at which the step begins. */
  readonly sigma: number
  /** σ_s, 0 < σ_s < σ_t, the level at which it ends. */
  readonly next: number
  /** The levels at which the steps before began, the nearest first, three at most; none at the first step. */
  readonly before: readonly number[]
  /** N, how many intervals the whole grid has. */
  readonly intervals: number
}

/** What a step is given to compute with; all tensors. */
export interface StepGiven<Coefficient extends string = string, Memory extends string = string> {
  /** x̄_t, [B, d]. */
  readonly x: Tensor
  /** The step's coefficients, scalars. */
  readonly c: Readonly<Record<Coefficient, Tensor>>
  /** What the step before left, [B, d] each; zeros at the first step. */
  readonly memory: Readonly<Record<Memory, Tensor>>
  /** z ~ N(0, I), [B, d], fresh at each step; zeros for a deterministic sampler. */
  readonly noise: Tensor
  /** D(x̄; σ), [B, d], at one noise level for all rows, σ: scalar. One evaluation of the network. */
  readonly denoise: (x: Tensor, sigma: Tensor) => Tensor
}

/** What a sampler states about itself. */
export interface SamplerDescription {
  readonly name: string
  /** Names that others give it; it is found by them, too. */
  readonly also?: readonly string[]
  readonly summary: string
  readonly source: string
  /** Order of convergence, of the points; for a stochastic sampler of their distribution (weak order). */
  readonly order: number
  /** Evaluations of the network in one step; the last step, to σ = 0, always takes one. */
  readonly evaluationsPerStep: number
  /** Whether steps add noise. */
  readonly stochastic: boolean
}

/**
 * A way to walk from noise to data, down a grid of noise levels.
 *
 * It works in x̄ = x/α(t), at the noise level σ = std/α. There every noise process is x̄ = x₀ + σz, its
 * probability flow is dx̄/dσ = (x̄ − D(x̄; σ))/σ, and its reverse diffusion adds noise of variance σ_t² −
 * σ_s² from level t to level s: a sampler needs the denoiser D and the levels, and nothing of the process.
 *
 * A step is traced from tensors; what depends on the levels alone are `coefficients`, computed on the host in
 * float64.
 * The step to σ = 0 is the same for all, x̄₀ = D(x̄; σ): an Euler step of the flow, and the mean of the
 * reverse diffusion.
 */
export interface Sampler extends SamplerDescription {
  /** Names of the [B, d] tensors that a step leaves to the next. */
  readonly memory: readonly string[]
  /** Numbers that a person may set. */
  readonly settings: SamplerSettings
  /** The same with these numbers. Throws `sampling/unknown-option`, `sampling/option`. */
  readonly withOptions: (told: Readonly<Record<string, number>>) => Sampler
  readonly coefficients: (at: StepPlace) => Readonly<Record<string, number>>
  readonly step: (given: StepGiven) => { readonly x: Tensor; readonly memory?: Named<Tensor> }
}

/**
 * Makes a sampler of its statement; a step that uses a coefficient or memory it does not name is a compile
 * error.
 */
export function defineSampler<
  Coefficient extends string,
  Memory extends string = never,
  Setting extends string = never,
>(
  rule: SamplerDescription & {
    readonly memory?: readonly Memory[]
    readonly settings?: Readonly<Record<Setting, SamplerSetting>>
    readonly coefficients: (
      at: StepPlace,
      settings: Readonly<Record<NoInfer<Setting>, number>>,
    ) => Readonly<Record<Coefficient, number>>
    readonly step: (given: StepGiven<NoInfer<Coefficient>, NoInfer<Memory>>) => {
      readonly x: Tensor
      readonly memory?: Readonly<Record<NoInfer<Memory>, Tensor>>
    }
  },
): Sampler {
  const settings = rule.settings ?? ({} as Record<Setting, SamplerSetting>)
  const withOptions = (told: Readonly<Record<string, number>>): Sampler => {
    const values = settingsOf({ name: rule.name, settings }, told)
    return {
      ...rule,
      memory: rule.memory ?? [],
      settings,
      coefficients: (at) => rule.coefficients(at, values),
      withOptions,
    }
  }
  return withOptions({})
}

/** factor · x for a scalar tensor, factor: [], x: [B, d]. */
export function times(factor: Tensor, x: Tensor): Tensor {
  return mul(broadcastTo(factor, x.shape), x)
}
