import type { Named, Shape, Tensor, TensorType } from '../engine/index.ts'
import type { Abilities, Ability, Draws, Model, Values } from '../family/index.ts'
import type { NoiseRange } from './weightings/index.ts'

/** Mean and covariance of the encoded training rows, for objectives that compare with a Gaussian. */
export interface Moments {
  /** [d] */
  readonly mean: ArrayLike<number>
  /** Lower triangular L, L Lᵀ = covariance, row by row, [d, d]. */
  readonly cholesky: ArrayLike<number>
}

/** What an objective is told once, before tracing. */
export interface ObjectiveFacts {
  readonly event: Shape
  readonly batchSize: number
  readonly model: Model
  readonly range: NoiseRange
  /** Of the training points; measured when asked. */
  readonly moments: () => Moments
  /** The objective's settings, complete. */
  readonly settings: Readonly<Record<string, number>>
  /** Steps of the whole training, for an objective that changes as it goes; at its end unless given. */
  readonly steps?: number | undefined
}

/** One batch, traced. */
export interface LossGiven<A extends Ability = Ability> extends ObjectiveFacts {
  readonly can: Pick<Abilities, A> & Partial<Abilities>
  readonly values: Values
  /** Training points, [B, ...event]. */
  readonly data: Tensor
  /** What the points are conditioned on, [B, ...shape] each; of a model that takes conditions. */
  readonly conditions?: Named<Tensor> | undefined
  /** By the names of `draws`. */
  readonly draws: Named<Tensor>
  /** Noise level and weight λ(σ) of each example, [B]; of an objective over noise levels. */
  readonly level?: { readonly sigma: Tensor; readonly weight: Tensor } | undefined
  /** What the step before left, by the names of `state`. */
  readonly state: Named<Tensor>
}

/** What a batch costs: the loss of each example, of the one player or of each. */
export interface Losses {
  /** [B] each, by player; `all` where there is one. */
  readonly losses: Named<Tensor>
  /** What the next step gets as `state`. */
  readonly state?: Named<Tensor> | undefined
  /** Figures of the batch that tell how training goes, [] each, by the names that `watches` asks for. */
  readonly tells?: Named<Tensor> | undefined
}

/** A figure of each batch that shows when training has gone wrong though its losses are finite. */
export interface Watch {
  /** Name of the figure among `Losses.tells`. */
  readonly tell: string
  readonly isBad: (value: number) => boolean
  /** It is told once so many steps in a row were bad. */
  readonly steps: number
  /** Code of the warning. */
  readonly code: string
  readonly message: (value: number) => string
}

/** One who learns: the parameters whose names begin so, made to lower the loss of its name. */
export interface Player {
  /** Name of its loss. */
  readonly name: string
  /** Its parameters are those whose names begin with this. */
  readonly prefix: string
  /** It learns in every so many steps. */
  readonly everySteps: number
}

/** The one player who has all parameters. */
export const onePlayer: readonly Player[] = [{ name: 'all', prefix: '', everySteps: 1 }]

/**
 * What training makes small: a record in a file of its own.
 *
 * `needs` says which abilities a model must have; `levels` whether examples carry noise levels: then a weighting draws them.
 */
export interface Objective<A extends Ability = Ability> {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly needs: readonly A[]
  /**
   * For which models: of each noise level, of one, or both. An objective of `each` gets noise levels drawn by a weighting.
   */
  readonly levels: Model['levels']
  /** Name of the weighting that an objective of `each` takes unless told, where it is not the first. */
  readonly weighting?: string
  /** Peak of the learning rate unless told, for points that are no rows, where it is not that of the network. */
  readonly placesRate?: number
  /**
   * What its models are when they are trained, where that is not what their family builds: what the family must be able to, the
   * abilities that they then have, and the model read so. Reading what is read so already changes nothing.
   */
  readonly reads?: {
    readonly needs: readonly Ability[]
    readonly can: readonly Ability[]
    readonly as: (model: Model) => Model
  }
  /** Numbers that a person may set, with what they are unless told. */
  readonly settings: Readonly<Record<string, { readonly default: number; readonly summary: string }>>
  readonly draws: (facts: ObjectiveFacts) => Draws
  /** What is kept from step to step, beside the parameters: persistent chains; starts as draws of this distribution say. */
  readonly state?: (facts: ObjectiveFacts) => Named<TensorType>
  /** Whether the parameters must come from a trained model, which the objective needs to keep. */
  readonly startsFromModel?: boolean
  /** First values of the state, a function of the seed and of the parameters' first values. */
  readonly startState?: (
    facts: ObjectiveFacts,
    seed: number,
    start: Named<Float32Array>,
  ) => Named<Float32Array>
  readonly players?: (settings: Readonly<Record<string, number>>) => readonly Player[]
  // A method, so that an objective that asks for few abilities is one of the list.
  losses(given: LossGiven<A>): Losses
  /** Whether the loss on held-out points says which weights are better; where not, the last averaged ones are kept. */
  readonly heldOut: 'loss' | 'none'
  /** What is watched in every step; weights of a step at which something is bad are not kept. */
  readonly watches?: readonly Watch[]
}
