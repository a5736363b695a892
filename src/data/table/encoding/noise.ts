import { RandomStream } from '../../../base/index.ts'

/** Fresh noise for dequantised columns; row i of a request draws from (seed, column, first + i) only. */
export interface DequantisingNoise {
  readonly seed: number
  readonly first: number
}

/** What an encoder draws its noise from: [count, width] values a call, of one column. Draws of one purpose are alike. */
export interface NoiseSource {
  readonly uniform: (width: number, purpose?: string) => Float32Array
  readonly normal: (width: number, purpose?: string) => Float32Array
}

/** The noise of `count` rows of the column `name`. */
export function noiseSource(options: {
  readonly noise: DequantisingNoise
  readonly name: string
  readonly count: number
}): NoiseSource {
  const { noise, name, count } = options
  const { first } = noise
  const stream = (purpose = 'dequantise'): RandomStream =>
    new RandomStream({ seed: noise.seed, name: `${purpose}/${name}` })
  return {
    uniform: (width, purpose) => stream(purpose).uniform({ first, count, width }),
    normal: (width, purpose) => stream(purpose).normal({ first, count, width }),
  }
}
