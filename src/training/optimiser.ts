import type { Tensor } from '../engine/index.ts'

/** Options of optimisers, by name. */
export type OptimiserOptions = Readonly<Record<string, number>>

/**
 * A rule that turns gradients into new parameters: a record in a file of its own.
 *
 * Everything that depends on the step only is computed on the host in float64 and handed to the program as
 * coefficients, so that neither a long run nor a resumed one loses accuracy in β^t.
 */
export interface Optimiser {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Defaults, with what each means in its name's docs. */
  readonly defaults: OptimiserOptions
  /** Names of what is kept for each parameter; all start at zero. */
  readonly moments: readonly string[]
  /** Names of the coefficients, in order. */
  readonly coefficients: readonly string[]
  /** Values of the coefficients at step t = 1, 2, …, float64. */
  readonly schedule: (
    step: number,
    learningRate: number,
    options: OptimiserOptions,
  ) => Readonly<Record<string, number>>
  /**
   * The update of parameters of any shape, element by element; coefficients are scalars. `decays` says whether weight
   * decay applies; `options` are known while tracing, so that what is switched off costs nothing.
   */
  readonly update: (given: {
    readonly parameter: Tensor
    readonly gradient: Tensor
    readonly moments: Readonly<Record<string, Tensor>>
    readonly coefficients: Readonly<Record<string, Tensor>>
    readonly decays: boolean
    readonly options: OptimiserOptions
  }) => { readonly parameter: Tensor; readonly moments: Readonly<Record<string, Tensor>> }
}
