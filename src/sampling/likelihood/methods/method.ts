import type { Named, Runtime } from '../../../engine/index.ts'
import type { Model } from '../../../family/index.ts'
import type { GivenConditions } from '../../conditions.ts'
import type { LogPartition } from '../annealed-importance.ts'
import type { FlowMethod, LogDensities, TraceMethod } from '../log-density.ts'
import type { DataMoments } from '../prior.ts'

/** What the numbers of a method are: log-densities, those of the flow, lower bounds, or of an energy with an estimated normaliser. */
export type LikelihoodKind = 'exact' | 'flow' | 'bound' | 'annealed' | 'none'

/** A trained model, as log-densities need it. */
export interface LikelihoodModel {
  /** Derived abilities included. */
  readonly model: Model
  readonly values: Named<ArrayLike<number>>
  readonly range: { readonly sigmaMin: number; readonly sigmaMax: number }
  /** Of the rows that it learned from, in its coordinates. */
  readonly moments: DataMoments
  readonly runtime: Runtime | undefined
  /** Passes that the trace of the Jacobian takes: one a column, or fewer, of probes. */
  readonly tracePasses: number
  /** E(x) at σ_min or the model's one level. */
  readonly energy: (
    x: ArrayLike<number>,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<Float64Array>
  /** Of the energy; worked out once. */
  readonly logPartition: (options?: { readonly signal?: AbortSignal | undefined }) => Promise<LogPartition>
}

/** How log-densities are asked for; what a method has no use for, it leaves. */
export interface LikelihoodAsked {
  readonly conditions?: GivenConditions | undefined
  /** How the flow is followed. */
  readonly method?: FlowMethod | undefined
  readonly trace?: TraceMethod | undefined
  /** Draws that an estimate of a row averages over. */
  readonly draws?: number | undefined
  /** Seed of probes and draws; 0 unless given. */
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** A way to a model's log-density: a record, found by its name. */
export interface LikelihoodMethod {
  readonly name: string
  readonly summary: string
  readonly source: string
  readonly kind: Exclude<LikelihoodKind, 'none'>
  /** Whether a model has what it takes. */
  readonly fits: (model: Model) => boolean
  /** Which density the numbers are of, in a few words. */
  readonly says: (range: LikelihoodModel['range']) => string
  /** log p(x), nats, with what is known of its error; x: [n, d]. */
  readonly logDensity: (
    of: LikelihoodModel,
    x: ArrayLike<number>,
    asked: LikelihoodAsked,
  ) => Promise<LogDensities>
}
