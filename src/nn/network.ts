import { RandomStream } from '../base/random/index.ts'
import type { Named, Shape, Tensor, TensorType } from '../engine/index.ts'
import { sizeOf } from '../engine/index.ts'

/** A parameter: its type, and how it starts: normal with this standard deviation, or zeros. */
export interface ParameterSpec extends TensorType {
  readonly startStd: number
}

/** Size of a network, by names that its record explains. */
export type NetworkSize = Readonly<Record<string, number>>

/** What a network must be told about its surroundings. */
export interface NetworkShape {
  /** d, the width of a row. */
  readonly dimension: number
  /** Numbers that come out of a row; d unless given. */
  readonly outputs?: number | undefined
  /** c, the width of the condition; 0 for none. */
  readonly conditionWidth: number
}

/** A free function F(x, c_noise, condition) of rows, without preconditioning. */
export interface BuiltNetwork {
  readonly parameters: Named<ParameterSpec>
  /** x: [B, d], noise: [B] (c_noise), condition: [B, c] → [B, outputs]. */
  readonly apply: (parameters: Named<Tensor>, at: { x: Tensor; noise: Tensor; condition?: Tensor }) => Tensor
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

/** A weight of a linear map, [inputs, outputs], starting with the variance 1/inputs that keeps the signal's size. */
export function weight(inputs: number, outputs: number, gain = 1): ParameterSpec {
  return { shape: [inputs, outputs], dtype: 'float32', startStd: gain / Math.sqrt(inputs) }
}

/** A parameter that starts at zero. */
export function zeros(shape: Shape): ParameterSpec {
  return { shape, dtype: 'float32', startStd: 0 }
}

/** First values of all parameters; each depends on (seed, its own name) only. */
export function startValues(parameters: Named<ParameterSpec>, seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, startStd }]) => {
      const size = sizeOf(shape)
      if (startStd === 0) return [name, new Float32Array(size)]
      const values = new RandomStream({ seed, name: `start/${name}` }).normal({
        first: 0,
        count: 1,
        width: size,
      })
      return [name, values.map((value) => value * startStd)]
    }),
  )
}

/** How many numbers the parameters hold. */
export function parameterCount(parameters: Named<TensorType>): number {
  return Object.values(parameters).reduce((total, { shape }) => total + sizeOf(shape), 0)
}
