import type { Tensor } from '../../engine/index.ts'
import type { Ability, Model } from '../../family/index.ts'
import type { TrainedModel } from '../methods/method.ts'
import type { SamplerSetting } from '../settings.ts'
import type { Start } from '../start.ts'

/** What a chain's plan is made from. */
export interface ChainFacts<Setting extends string> {
  /** Steps that a person asked for. */
  readonly steps: number
  /** Name in `timeGrids`, where one is told. */
  readonly grid: string | undefined
  readonly range: TrainedModel['range']
  readonly settings: Readonly<Record<Setting, number>>
}

/** The transitions of a chain, with what each is computed from, in float64. */
export interface ChainPlan<Coefficient extends string, Memory extends string> {
  /** Transitions from the start to the point that is drawn. */
  readonly count: number
  /** The first transition that counts in the diagnosis; those before are warm-up. Absent for a chain whose density changes on its way. */
  readonly keptFrom?: number
  /** Where chains start. */
  readonly start: Start
  /** What the memory holds at the start, in every place. */
  readonly memory: Readonly<Record<Memory, number>>
  readonly at: (transition: number) => Readonly<Record<Coefficient, number>>
}

/** What a transition is given to compute with; all tensors. */
export interface ChainGiven<Coefficient extends string, Memory extends string> {
  /** The chains' points, [B, ...event]. */
  readonly x: Tensor
  /** The transition's coefficients, scalars. */
  readonly c: Readonly<Record<Coefficient, Tensor>>
  /** What the transition before left: [B], or [B, ...event]. */
  readonly memory: Readonly<Record<Memory, Tensor>>
  /** z ~ N(0, I), [B, ...event], fresh at each transition. */
  readonly z: Tensor
  /** u uniform on (0, 1), [B], fresh at each transition; for chains that accept or refuse. */
  readonly u: Tensor
  /** ∇ log p, [B, ...event]; at noise level σ, a scalar, of a model of each. */
  readonly score: (x: Tensor, sigma?: Tensor) => Tensor
  /** E = −log p + constant, [B], and −∇E, [B, ...event], in one evaluation. */
  readonly energyAndScore: (x: Tensor) => { readonly energy: Tensor; readonly score: Tensor }
}

/** What a transition gives. */
export interface ChainStep<Memory extends string> {
  readonly x: Tensor
  readonly memory?: Readonly<Record<Memory, Tensor>>
  /** Probability with which each chain's proposal is accepted, [B]. */
  readonly acceptance?: Tensor
}

/**
 * A Markov chain that draws a point: a record in a file of its own.
 *
 * Chain i is point i: it starts from its plan's `start`, walks by itself, and its last point is what is drawn. All that it adapts, it
 * adapts from its own past, so a point is a function of (model, rule, seed, i, its conditions) only.
 */
export interface ChainRule<
  Coefficient extends string = string,
  Memory extends string = string,
  Setting extends string = string,
> {
  readonly name: string
  /** Names that others give it; it is found by them, too. */
  readonly also?: readonly string[]
  readonly summary: string
  readonly source: string
  readonly needs: readonly Ability[]
  readonly levels: Model['levels']
  /** Steps unless told. */
  readonly steps: number
  /** Whether a transition accepts or refuses. */
  readonly accepts: boolean
  readonly settings: Readonly<Record<Setting, SamplerSetting>>
  /** What the memory holds, by name: a number of each chain, or a point. */
  readonly memory: Readonly<Record<Memory, 'number' | 'point'>>
  /** What a person may do against a chain that runs away. */
  readonly whenItDiverges: string
  /** Evaluations of the network on the way to one point. */
  readonly evaluations: (steps: number, settings: Readonly<Record<Setting, number>>) => number
  readonly plan: (facts: ChainFacts<NoInfer<Setting>>) => ChainPlan<Coefficient, NoInfer<Memory>>
  readonly step: (
    given: ChainGiven<NoInfer<Coefficient>, NoInfer<Memory>>,
    settings: Readonly<Record<NoInfer<Setting>, number>>,
  ) => ChainStep<NoInfer<Memory>>
}
