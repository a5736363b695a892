import type { Named, Shape, Tensor } from '../engine/index.ts'
import type { ParameterSpec } from './parameter.ts'

/** Size of a network, by names that its record explains. */
export type NetworkSize = Readonly<Record<string, number>>

/** What a network must be told about its surroundings. */
export interface NetworkShape {
  /** Shape of a point that comes in: [d] of a row, [c, ...s] of c channels over one, two or three axes of places. */
  readonly event: Shape
  /** Shape of what comes out: other channels over the same places, or a vector, [n]; that of a point unless given. */
  readonly outputs?: Shape | undefined
  /** c, the width of the condition; 0 unless given. */
  readonly conditionWidth?: number | undefined
  /** Whether the function depends on a noise level; true unless given. */
  readonly noise?: boolean | undefined
}

/** A free function F(x, c_noise, condition) of points, without preconditioning. */
export interface BuiltNetwork {
  readonly parameters: Named<ParameterSpec>
  /** x: [B, ...event], noise: [B] (c_noise; absent where there is none), condition: [B, c] → [B, ...outputs]. */
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
  /** Whether points of this shape can come in. */
  readonly takes: (event: Shape) => boolean
  /** Sizes chosen from the data: shape of a point, and number of training rows (Infinity for a known density). */
  readonly defaultSize: (data: { event: Shape; rows: number }) => NetworkSize
  /** The default size and others from small to large, of which one is taken that can be trained in a given time; absent for that one alone. */
  readonly sizes?: (data: { event: Shape; rows: number }) => readonly NetworkSize[]
  /** Sizes that may be 0, where there is none of what they count; all others are 1 or more. */
  readonly mayBeNone?: readonly string[]
  /** Peak of the learning rate that suits it; absent for that of its kind of points. */
  readonly learningRate?: number
  readonly build: (shape: NetworkShape, size: NetworkSize) => BuiltNetwork
}
