import { RandomStream } from '../../../base/index.ts'

/**
 * What an encoder draws its noise from: [count, width] values a call, of one column. Draws of one purpose are alike, and stay
 * as they are until the same is drawn for other rows.
 */
export interface NoiseSource {
  readonly uniform: (width: number, purpose?: string) => Float32Array
  readonly normal: (width: number, purpose?: string) => Float32Array
}

/** The noise of a column, for some of its rows; row i draws from (seed, column, first + i) only. */
export type ColumnNoise = (range: { readonly first: number; readonly count: number }) => NoiseSource

/** Fresh noise for dequantised columns. */
export function columnNoise(options: { readonly seed: number; readonly name: string }): ColumnNoise {
  const { seed, name } = options
  const drawn = new Map<string, { readonly stream: RandomStream; buffer: Float32Array }>()
  return ({ first, count }) => {
    const draw = (of: 'uniform' | 'normal', width: number, purpose = 'dequantise'): Float32Array => {
      const key = `${of} ${purpose}`
      const kept = drawn.get(key) ?? {
        stream: new RandomStream({ seed, name: `${purpose}/${name}` }),
        buffer: new Float32Array(0),
      }
      drawn.set(key, kept)
      const size = count * width
      if (kept.buffer.length < size) kept.buffer = new Float32Array(size)
      return kept.stream[of]({ first, count, width }, kept.buffer.subarray(0, size))
    }
    return {
      uniform: (width, purpose) => draw('uniform', width, purpose),
      normal: (width, purpose) => draw('normal', width, purpose),
    }
  }
}
