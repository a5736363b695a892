import { ScorefieldError } from '../base/index.ts'
import * as f from '../engine/index.ts'
import type { NetworkSize, ParameterSpec } from '../nn/index.ts'
import type { RowPart } from './row-part.ts'

/** Where a model is asked. */
export interface At {
  /** Points, [B, ...event]. */
  readonly x: f.Tensor
  /** σ > 0 of each point, [B], for a model of each noise level; absent for a model of one. */
  readonly sigma?: f.Tensor | undefined
  /** What the points are conditioned on, [B, ...shape] each, by name; absent where the model takes nothing. */
  readonly conditions?: f.Named<f.Tensor> | undefined
}

/** Values of a model's parameters, traced. */
export type Values = f.Named<f.Tensor>

/** Random numbers that a computation takes, by name: of each example, of this shape. */
export interface Draw {
  readonly of: 'normal' | 'uniform' | 'rademacher'
  /** Shape of one example's draw; the tensor is [B, ...shape]. */
  readonly shape: f.Shape
}

/** Draws by name. */
export type Draws = f.Named<Draw>

/**
 * What a model can compute, every function traced; row b of a result depends on row b of the arguments only.
 *
 * A model of each noise level (`levels: 'each'`) answers for the density of x₀ + σz, σ given by row; a model of one level for
 * the density of its training rows as they are.
 */
export interface Abilities {
  /** D(x; σ) = E[x₀ | x₀ + σ z = x], [B, ...event]. */
  readonly denoise: (values: Values, at: At) => f.Tensor
  /** Where the probability flow from x at level σ ends, [B, ...event]: a consistency function, f(x; 0) = x. */
  readonly flowEnd: (values: Values, at: At) => f.Tensor
  /** ∇ₓ log p(x), [B, ...event]. */
  readonly score: (values: Values, at: At) => f.Tensor
  /** E(x) = −log p(x) up to a constant, [B]. */
  readonly energy: (values: Values, at: At) => f.Tensor
  /** log p(x), nats, [B]. */
  readonly logDensity: (values: Values, at: At) => f.Tensor
  /** A lower bound on log p(x), nats, in expectation over the draws, [B]. */
  readonly bound: (values: Values, at: At, draws: f.Named<f.Tensor>) => f.Tensor
  /** New points from draws, [B, ...event], under these conditions. */
  readonly generate: (values: Values, draws: f.Named<f.Tensor>, at?: Pick<At, 'conditions'>) => f.Tensor
  /** How real a point looks, in log odds or any units, [B]. */
  readonly critic: (values: Values, at: At) => f.Tensor
}
/** Name of something that a model may be able to compute. */
export type Ability = keyof Abilities

/** What a person reads of an ability. */
export const abilities: readonly { readonly name: Ability; readonly summary: string }[] = [
  { name: 'denoise', summary: 'the mean of the clean points that a noisy one could have come from' },
  { name: 'flowEnd', summary: 'where the flow from a noisy point ends, in one step' },
  { name: 'score', summary: 'the gradient of the log-density' },
  { name: 'energy', summary: 'the log-density up to sign and a constant' },
  { name: 'logDensity', summary: 'the exact log-density' },
  { name: 'bound', summary: 'a lower bound on the log-density' },
  { name: 'generate', summary: 'new points from random numbers, in one pass' },
  { name: 'critic', summary: 'how real a point looks' },
]

/** Exact marginal densities of a model that goes column by column. */
export interface Prefixes {
  /** The coordinates of a row in the order in which they are modelled. */
  readonly order: readonly number[]
  /** log p, nats, [B], of the first `count` coordinates of the order, 1 … d; what the others are plays no part. */
  readonly logDensity: (values: Values, at: At, count: number) => f.Tensor
}

/** A model of points: its parameters, and what it can compute. The type says what that is at least. */
export interface Model<A extends Ability = never> {
  /** Shape of one point: [d] of a row, [c, h, w] of a picture, [t, c] of a series or sound, [t, c, h, w] of a film. */
  readonly event: f.Shape
  /** Shape of each thing that a point is conditioned on, by name; absent where there is nothing. */
  readonly conditions?: f.Named<f.Shape> | undefined
  /** The coordinates of a row that are numbers; all of them unless given. */
  readonly numbers?: readonly number[]
  /** Of a model of partly known rows, that takes `partlyKnownShapes`: the parts of a row. */
  readonly partlyKnown?: readonly RowPart[] | undefined
  /** Of a model that goes column by column: the exact log-densities of the first columns of its order. */
  readonly prefixes?: Prefixes | undefined
  /** Whether it answers for every noise level, or for the one of its training rows. */
  readonly levels: 'each' | 'one'
  readonly parameters: f.Named<ParameterSpec>
  readonly can: Partial<Abilities> & Pick<Abilities, A>
  /** What `generate` and `bound` draw. */
  readonly draws?: { readonly generate?: Draws; readonly bound?: Draws }
  /**
   * For a denoiser that knows better than ‖D − x₀‖²/d what to make small: the error of each row, [B], least where D is the
   * posterior mean.
   */
  readonly error?: (values: Values, at: At, clean: f.Tensor) => f.Tensor
}

/**
 * The model with what follows from its abilities: denoise → score = (D − x)/σ²; log-density → energy = −log p;
 * energy → score = −∇E; score of each level → denoise = x + σ² s (Tweedie's formula, Robbins 1956).
 */
export function withDerived<A extends Ability>(model: Model<A>): Model<A> {
  const can: { -readonly [K in Ability]?: Abilities[K] } = { ...model.can }
  const { denoise, logDensity } = can
  if (logDensity && !can.energy) can.energy = (values, at) => f.neg(logDensity(values, at))
  const { energy } = can
  if (denoise && !can.score)
    can.score = (values, at) => f.div(f.sub(denoise(values, at), at.x), f.square(perPoint(sigmaOf(at), at.x)))
  else if (energy && !can.score)
    can.score = (values, at) => {
      const x = f.variable(at.x)
      return f.neg(f.grad(f.sum(energy(values, { ...at, x })), [x])[0]!)
    }
  const { score } = can
  if (score && !can.denoise && model.levels === 'each')
    can.denoise = (values, at) => f.add(at.x, f.mul(score(values, at), f.square(perPoint(sigmaOf(at), at.x))))
  return { ...model, can: can as Model<A>['can'] }
}

/** The same model of points told in another shape, of as many numbers, [B, ...event]. */
export function reshapedTo<A extends Ability>(model: Model<A>, event: f.Shape): Model<A> {
  const own = model.event
  if (own.join() === event.join()) return model
  const inward = (x: f.Tensor): f.Tensor => f.reshape(x, [x.shape[0]!, ...own])
  const outward = (x: f.Tensor): f.Tensor => f.reshape(x, [x.shape[0]!, ...event])
  const at = (asked: At): At => ({ ...asked, x: inward(asked.x) })
  const { denoise, flowEnd, score, energy, logDensity, bound, generate, critic } =
    model.can as Partial<Abilities>
  const can: Partial<Abilities> = {
    ...(denoise && { denoise: (values, asked) => outward(denoise(values, at(asked))) }),
    ...(flowEnd && { flowEnd: (values, asked) => outward(flowEnd(values, at(asked))) }),
    ...(score && { score: (values, asked) => outward(score(values, at(asked))) }),
    ...(energy && { energy: (values, asked) => energy(values, at(asked)) }),
    ...(logDensity && { logDensity: (values, asked) => logDensity(values, at(asked)) }),
    ...(bound && { bound: (values, asked, draws) => bound(values, at(asked), draws) }),
    ...(generate && { generate: (values, draws, asked) => outward(generate(values, draws, asked)) }),
    ...(critic && { critic: (values, asked) => critic(values, at(asked)) }),
  }
  const { error } = model
  return {
    ...model,
    event,
    can: can as Model<A>['can'],
    ...(error && { error: (values, asked, clean) => error(values, at(asked), inward(clean)) }),
  }
}

/** A number a point, [B], stretched over the coordinates of x: [B, ...event]. */
export function perPoint(values: f.Tensor, x: f.Tensor): f.Tensor {
  const ones = x.shape.slice(1).map(() => 1)
  return f.broadcastTo(f.reshape(values, [values.shape[0]!, ...ones]), x.shape)
}

/** The axes of points' coordinates, all but the first: what a sum over a point's numbers runs over. */
export function pointAxes(x: f.Tensor): number[] {
  return x.shape.slice(1).map((_, axis) => axis + 1)
}

/** The noise levels of a model of each level. */
export function sigmaOf(at: At): f.Tensor {
  if (at.sigma) return at.sigma
  throw new ScorefieldError({
    kind: 'usage',
    code: 'family/no-noise-level',
    message: 'A model of each noise level was asked without a noise level.',
    hint: 'Give sigma, [B].',
  })
}

/** The model, which must have these abilities. Throws `family/cannot`, kind `ability`. */
export function requireAbilities<A extends Ability>(
  model: Model,
  needed: readonly A[],
  who: { readonly family: string; readonly asks: string },
): Model<A> {
  const missing = needed.filter((ability) => model.can[ability] === undefined)
  if (missing.length === 0) return model as Model<A>
  throw cannot(missing, who)
}

/** The error of a family that lacks what an objective, a sampler or a command asks for: kind `ability`, `family/cannot`. */
export function cannot(
  missing: readonly Ability[],
  { family, asks }: { readonly family: string; readonly asks: string },
): ScorefieldError {
  const lacks = missing
    .map((ability) => abilities.find(({ name }) => name === ability)!.summary)
    .join(', nor ')
  return new ScorefieldError({
    kind: 'ability',
    code: 'family/cannot',
    message: `${asks} cannot be done by the family "${family}": it cannot compute ${lacks}.`,
    hint: '`scorefield list families` says what each family can compute.',
  })
}

/** Sizes of a model, by names that its family explains. */
export type ModelSize = NetworkSize
