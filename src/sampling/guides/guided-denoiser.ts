import * as f from '../../engine/index.ts'
import { type DenoiserModel, type NoisyPoints, perPoint } from '../../family/index.ts'
import { timeGridByName } from '../grids/index.ts'
import { sampleWith } from '../sample.ts'
import { evaluationsOf, SamplerProgram } from '../sampler-program.ts'
import type { Sampler } from '../samplers/sampler.ts'
import { type SamplerSetting, settingsOf } from '../settings.ts'
import { startOf } from '../start.ts'
import {
  asConditions,
  type Guide,
  type GuideOptions,
  guidedConditions,
  guidedShapes,
  requireOperator,
} from './guide.ts'
import type { Operator } from './operator.ts'

/** What a guide is given to change D(x; σ) into D(x, y; σ); all traced. */
export interface Guided<Setting extends string = string> {
  /** x, [B, d], to take derivatives by. */
  readonly x: f.Tensor
  /** σ of each row, [B]. */
  readonly sigma: f.Tensor
  /** D(x; σ), [B, d]. */
  readonly denoised: f.Tensor
  /** y − A(D), [B, m]. */
  readonly residual: f.Tensor
  readonly operator: Operator
  /** What each row's operator depends on. */
  readonly given: f.Named<f.Tensor>
  /** s, the observation's noise. */
  readonly noise: number
  /** σ_d. */
  readonly sigmaData: number
  /** (∂A(D)/∂x)ᵀ u, [B, m] → [B, d]: one derivative through the network. */
  readonly pullBack: (u: f.Tensor) => f.Tensor
  /** ∂A/∂x₀ at D times w, [B, d] → [B, m]. */
  readonly push: (w: f.Tensor) => f.Tensor
  readonly settings: Readonly<Record<Setting, number>>
}

/** What a guide that is a denoiser states about itself. */
export interface DenoiserGuideRule<Setting extends string> {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly settings?: Readonly<Record<Setting, SamplerSetting>>
  /** How it walks down the noise levels. */
  readonly sampler: Sampler
  /** Times that the network is asked for D(x, y; σ), derivatives included. */
  readonly evaluations: (settings: Readonly<Record<Setting, number>>) => number
  /** D(x, y; σ) = E[x₀ | x, y], [B, d], as far as the guide knows it. */
  readonly denoise: (guided: Guided<Setting>) => f.Tensor
}

/** A guide that is a denoiser: any sampler walks by it. */
export interface DenoiserGuide extends Guide {
  /** The denoiser of points given an observation, which is one of its conditions (`asConditions`). */
  readonly guided: (options: GuideOptions) => DenoiserModel
}

/** Makes a guide of what it does to a denoiser. */
export function denoiserGuide<Setting extends string = never>(
  rule: DenoiserGuideRule<Setting>,
): DenoiserGuide {
  const settings = rule.settings ?? ({} as Record<Setting, SamplerSetting>)
  const told = ({ guideOptions }: GuideOptions): Readonly<Record<Setting, number>> =>
    settingsOf({ name: rule.name, settings }, guideOptions)
  const guided = (options: GuideOptions): DenoiserModel => {
    requireOperator(options)
    const { fitted, operator, noise = 0, range } = options
    const { model } = fitted
    const values = told(options)
    return {
      ...model,
      conditions: guidedShapes(model.conditions, operator),
      denoise: (parameters, at) => {
        const { observed, given, conditions } = guidedConditions(at.conditions, model.conditions)
        const base = { model, parameters, operator, given, at: { ...at, conditions } }
        return rule.denoise({
          ...linearised(base, observed),
          given,
          operator,
          noise,
          settings: values,
          sigma: at.sigma,
          sigmaData: range.sigmaData,
        })
      },
    }
  }
  return {
    name: rule.name,
    summary: rule.summary,
    source: rule.source,
    settings,
    guided,
    open: async (options) => {
      const { range, steps = 25, grid = 'karras', batchSize, runtime, fitted } = options
      const levels = timeGridByName(grid).levels({ ...range, steps })
      const model = guided(options)
      const program = await SamplerProgram.create({
        fitted: { model, values: fitted.values },
        sampler: rule.sampler,
        ...(batchSize === undefined ? {} : { batchSize }),
        runtime,
      })
      const start = startOf(range)
      return {
        dimension: model.dimension,
        evaluations: rule.evaluations(told(options)) * evaluationsOf(rule.sampler, levels),
        get secondsInside() {
          return program.secondsInside
        },
        draw: (request) => sampleWith(program, { levels, start, ...asRequest(asConditions(request)) }),
        dispose: () => program.dispose(),
      }
    },
  }
}

const asRequest = <T extends { readonly first?: number | undefined }>({
  first = 0,
  ...request
}: T): Omit<T, 'first'> & { readonly first: number } => ({ ...request, first })

/** What a guide looks at: D at x, how far it is from the observation, and its derivatives. */
export function linearised(
  {
    model,
    parameters,
    operator,
    given,
    at,
  }: {
    readonly model: DenoiserModel
    readonly parameters: f.Named<f.Tensor>
    readonly operator: Operator
    readonly given: f.Named<f.Tensor>
    readonly at: NoisyPoints
  },
  observed: f.Tensor,
): Pick<Guided, 'x' | 'denoised' | 'residual' | 'pullBack' | 'push'> {
  const x = f.variable(at.x)
  const denoised = f.variable(model.denoise(parameters, { ...at, x }))
  const seen = operator.apply(denoised, given)
  return {
    x,
    denoised,
    residual: f.sub(observed, seen),
    pullBack: (u) => f.vjp([seen], [x], [u])[0]!,
    push: (w) => (operator.isLinear ? operator.apply(w, given) : f.jvp([seen], [denoised], [w])[0]!),
  }
}

/** r² = σ² σ_d²/(σ² + σ_d²), [B]: how far x₀ is from D, were the data a Gaussian of variance σ_d². */
export function posteriorVariance(sigma: f.Tensor, sigmaData: number): f.Tensor {
  const squared = f.square(sigma)
  return f.div(f.mul(squared, sigmaData ** 2), f.add(squared, sigmaData ** 2))
}

/** D + σ² g: a denoiser moved by a gradient of log p(y | x), σ: [B]. */
export function moved(denoised: f.Tensor, sigma: f.Tensor, gradient: f.Tensor): f.Tensor {
  return f.add(denoised, f.mul(perPoint(f.square(sigma), gradient), gradient))
}
