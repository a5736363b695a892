import type { Named, Tensor } from '../engine/index.ts'
import type { ParameterSpec } from './parameter.ts'

/** Size of a network, by names that its record explains. */
export type NetworkSize = Readonly<Record<string, number>>

/** What a network must be told about its surroundings. */
export interface NetworkShape {
  /** d, the width of a row. */
  readonly dimension: number
  /** Numbers that come out of a row; d unless given. */
  readonly outputs?: number | undefined
  /** c, the width of the condition; 0 unless given. */
  readonly conditionWidth?: number | undefined
  /** Whether the function depends on a noise level; true unless given. */
  readonly noise?: boolean | undefined
}

/** A free function F(x, c_noise, condition) of rows, without preconditioning. */
export interface BuiltNetwork {
  readonly parameters: Named<ParameterSpec>
  /** x: [B, d], noise: [B] (c_noise; absent where there is none), condition: [B, c] → [B, outputs]. */
  readonly apply: (
    parameters: Named<Tensor>,
    at: {
      readonly x: Tensor
      readonly noise?: Tensor | undefined
      readonly condition?: Tensor | undefined
    },
  ) => Tensor
}

/** A kind of network: a record in a file of its own. */
export interface Network {
  readonly name: string
  readonly summary: string
  readonly source: string
  /** Sizes chosen from the data: number of columns and of training rows (Infinity for a known density). */
  readonly defaultSize: (data: { dimension: number; rows: number }) => NetworkSize
  readonly build: (shape: NetworkShape, size: NetworkSize) => BuiltNetwork
}
