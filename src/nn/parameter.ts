import { RandomStream } from '../base/index.ts'
import { type Named, type Shape, sizeOf, type TensorType } from '../engine/index.ts'

/** How a parameter starts: normal with mean 0, all alike, or given values. */
export type Initialiser =
  | { readonly of: 'normal'; readonly std: number }
  | { readonly of: 'constant'; readonly value: number }
  | { readonly of: 'values'; readonly values: ArrayLike<number> }

/** A parameter: its type, how it starts, and whether weight decay applies to it. */
export interface ParameterSpec extends TensorType {
  readonly start: Initialiser
  readonly decays: boolean
}

/** A weight of a linear map, [inputs, outputs], starting with the variance gain²/inputs: 1/inputs keeps the signal's size. */
export function weight(inputs: number, outputs: number, gain = 1): ParameterSpec {
  const start: Initialiser = { of: 'normal', std: gain / Math.sqrt(inputs) }
  return { shape: [inputs, outputs], dtype: 'float32', start, decays: true }
}

/** A convolution's filter, [outputs, inputs, ...window], starting with the variance gain²/fan-in: 1/fan-in keeps the signal's size. */
export function filter(outputs: number, inputs: number, window: readonly number[], gain = 1): ParameterSpec {
  const fanIn = inputs * sizeOf(window)
  const start: Initialiser = { of: 'normal', std: gain / Math.sqrt(fanIn) }
  return { shape: [outputs, inputs, ...window], dtype: 'float32', start, decays: true }
}

/** A parameter that starts at zero; a matrix decays, a bias does not. */
export function zeros(shape: Shape): ParameterSpec {
  return filled(shape, 0)
}

/** A parameter whose numbers all start alike; a matrix decays, a bias does not. */
export function filled(shape: Shape, value: number): ParameterSpec {
  return { shape, dtype: 'float32', start: { of: 'constant', value }, decays: shape.length >= 2 }
}

/** A parameter that starts with these numbers; a matrix decays, a bias does not. */
export function startingAt(shape: Shape, values: ArrayLike<number>): ParameterSpec {
  return { shape, dtype: 'float32', start: { of: 'values', values }, decays: shape.length >= 2 }
}

/** First values of all parameters; each depends on (seed, its own name) only. */
export function startValues(parameters: Named<ParameterSpec>, seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, start }]) => {
      const size = sizeOf(shape)
      if (start.of === 'constant') return [name, new Float32Array(size).fill(start.value)]
      if (start.of === 'values') return [name, Float32Array.from(start.values)]
      const stream = new RandomStream({ seed, name: `start/${name}` })
      const values = stream.normal({ first: 0, count: 1, width: size })
      return [name, values.map((value) => value * start.std)]
    }),
  )
}

/** How many numbers the parameters hold. */
export function parameterCount(parameters: Named<TensorType>): number {
  return Object.values(parameters).reduce((total, { shape }) => total + sizeOf(shape), 0)
}
